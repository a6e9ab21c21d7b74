// Keys of the call page. Single letters work only while no field has the focus, and can be switched off (WCAG 2.1.4).

const STORED = "callsift.keys";

export class Keys {
  constructor(root, { player, transcript, marks, finder }) {
    this.help = document.querySelector("dialog");
    this.box = this.help.querySelector("input[type=checkbox]");
    this.box.checked = localStorage.getItem(STORED) !== "off";
    this.box.addEventListener("change", () => localStorage.setItem(STORED, this.box.checked ? "on" : "off"));
    this.actions = {
      " ": () => player.toggle(),
      j: (event) => player.seek(player.time - (event.shiftKey ? 15 : 5)),
      l: (event) => player.seek(player.time + (event.shiftKey ? 15 : 5)),
      k: (event) => marks.jump(event.shiftKey ? -1 : 1),
      "[": () => player.changeSpeed(-1),
      "]": () => player.changeSpeed(1),
      f: () => transcript.setFollowing(!transcript.following),
      "/": () => finder.focus(),
      n: (event) => finder.step(event.shiftKey ? -1 : 1),
      "?": () => this.help.showModal(),
    };
    document.addEventListener("keydown", (event) => this.#pressed(event));
    for (const button of document.querySelectorAll("[data-help]"))
      button.addEventListener("click", () => this.help.showModal());
    this.help.querySelector("[data-close]").addEventListener("click", () => this.help.close());
  }

  #pressed(event) {
    if (event.ctrlKey || event.metaKey || event.altKey || this.help.open) return;
    if (!this.box.checked && event.key !== "?") return;
    if (event.target.closest("input, textarea, select, [contenteditable]")) return;
    if (event.key === " " && event.target.closest("button, a, summary")) return; // Space presses what has the focus
    const action = this.actions[event.key.length === 1 ? event.key.toLowerCase() : event.key];
    if (!action) return;
    event.preventDefault();
    action(event);
  }
}
