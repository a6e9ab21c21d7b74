// The transcript: lights up the word that is being said, follows it, and yields as soon as the reader scrolls.

// The words of a turn: each begins as plain text (see words.py) and gets an element and its second here.
function spelled(turn) {
  const said = turn.querySelector(".said");
  const ms = said.dataset.t.split(" ").map((after) => Number(turn.dataset.ms) + Number(after));
  const nodes = [...said.childNodes].flatMap((node) => (node.nodeType === Node.TEXT_NODE ? split(node.data) : [node]));
  const words = nodes.map((node, n) => {
    node.dataset.s = ms[n] / 1000;
    return { node, start: ms[n] / 1000, place: `${turn.dataset.party}:${ms[n]}` };
  });
  said.replaceChildren(...words.flatMap((word) => [word.node, " "]));
  return words;
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
    this.turns = [...element.querySelectorAll(".turn")].map((node) => ({
      node, party: node.dataset.party, start: Number(node.dataset.s), end: Number(node.dataset.e), words: spelled(node),
    }));
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
