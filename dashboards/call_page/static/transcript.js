// The transcript: lights up the word that is being said, follows it, and yields as soon as the reader scrolls.

// A turn as the page brings it, as short as can be (see words.py), made ready: each word gets an element and its second.
function spelled(node) {
  const [button, name, said] = node.children;
  button.className = "at";
  button.type = "button";
  button.dataset.s = Number(node.dataset.ms) / 1000;
  button.setAttribute("aria-label", `Play from ${button.textContent}`);
  name.classList.add("by");
  said.className = "said";
  const party = node.dataset.party;
  let at = Number(node.dataset.ms);
  const ms = said.dataset.t.split(" ").map((after) => (at += Number(after)));
  const nodes = [...said.childNodes].flatMap((part) => (part.nodeType === Node.TEXT_NODE ? split(part.data) : [part]));
  const words = nodes.map((word, n) => {
    word.dataset.s = ms[n] / 1000;
    if (word.dataset.sure) word.title = `The recogniser is ${word.dataset.sure} % sure of this word`;
    return { node: word, start: ms[n] / 1000, place: `${party}:${ms[n]}` };
  });
  said.replaceChildren(...words.flatMap((word) => [word.node, " "]));
  return { node, party, words, start: Number(node.dataset.ms) / 1000, end: at / 1000 };
}

function split(text) {
  return text.split(/\s+/).filter(Boolean).map((word) => {
    const node = document.createElement("span");
    node.className = "w";
    node.textContent = word;
    return node;
  });
}

export class Transcript {
  constructor(element, player) {
    this.element = element;
    this.player = player;
    this.turns = [...element.querySelectorAll(".turn")].map(spelled);
    this.words = this.turns.flatMap((turn) => turn.words).sort((a, b) => a.start - b.start);
    this.toNowButton = element.querySelector(".to-now button");
    this.followButton = document.querySelector("[data-follow]");
    this.following = true;
    this.word = null;
    this.turn = null;
    this.#listen();
    player.onTime((now) => this.#show(now));
  }

  setFollowing(on) {
    this.following = on;
    this.followButton?.setAttribute("aria-pressed", String(on));
    if (on) this.toNow();
    this.#offer();
  }

  toNow() {
    this.turn?.node.scrollIntoView({ block: "center" });
  }

  reveal(node) {
    this.setFollowing(false);
    node.scrollIntoView({ block: "center" });
  }

  #listen() {
    this.element.addEventListener("click", (event) => {
      const place = event.target.closest(".w, .at");
      if (place && !String(getSelection())) this.player.playFrom(Number(place.dataset.s));
    });
    for (const name of ["wheel", "touchmove"])
      this.element.addEventListener(name, () => this.#yield(), { passive: true });
    this.element.addEventListener("keydown", (event) => {
      if (["PageUp", "PageDown", "ArrowUp", "ArrowDown", "Home", "End"].includes(event.key)) this.#yield();
    });
    this.toNowButton.addEventListener("click", () => this.setFollowing(true));
    this.followButton?.addEventListener("click", () => this.setFollowing(!this.following));
  }

  #yield() {
    if (this.following && this.player.playing) this.setFollowing(false);
  }

  #offer() {
    this.toNowButton.parentElement.hidden = this.following || !this.player.playing;
  }

  #show(now) {
    const word = this.#at(now);
    if (word !== this.word) {
      this.word?.node.classList.remove("now");
      word?.node.classList.add("now");
      this.word = word;
    }
    const turn = word ? word.node.closest(".turn") : null;
    if (turn && turn !== this.turn?.node) this.#enter(this.turns.find((one) => one.node === turn));
    this.#offer();
  }

  #enter(turn) {
    this.turn?.node.classList.remove("current");
    turn.node.classList.add("current");
    this.turn = turn;
    if (this.following && this.player.playing) this.toNow();
  }

  // The last word that began at or before this second: it stays lit through the pause that follows it.
  #at(second) {
    let [low, high] = [0, this.words.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.words[middle].start <= second + 0.02) low = middle + 1;
      else high = middle;
    }
    return low ? this.words[low - 1] : null;
  }
}
