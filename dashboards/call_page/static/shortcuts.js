// The keys of the player and the transcript. Parts that come later (notes, scorecards) register theirs themselves.

import { register } from "/scripts/keys.js";

export function shortcuts({ player, transcript, marks, finder }) {
  const sound = { group: "Player", when: () => Boolean(player.audio) };
  const always = { group: "Player" };
  register("Space", "Play or pause", () => player.toggle(), { ...sound, as: "player.play" });
  register(["J", "L"], "Back or forward 5 s", (_, key) => player.seek(player.time + (key === "J" ? -5 : 5)), { ...always, as: ["player.back", "player.forward"] });
  register(["Shift+J", "Shift+L"], "Back or forward 15 s", (_, key) => player.seek(player.time + (key === "Shift+J" ? -15 : 15)),
    { ...always, as: ["player.back_more", "player.forward_more"] });
  const places = { group: "Player", when: () => marks.marks.length > 0 };
  register("K", "Next place with a reason, from 5 s before it", () => marks.jump(1), { ...places, as: "player.next_place" });
  register("Shift+K", "The place before", () => marks.jump(-1), { ...places, as: "player.place_before" });
  register(["[", "]"], "Slower or faster", (_, key) => player.changeSpeed(key === "[" ? -1 : 1), { ...sound, as: ["player.slower", "player.faster"] });
  const words = { group: "Transcript", when: () => transcript.words.length > 0 };
  register("F", "Follow the voice, or stop following", () => transcript.setFollowing(!transcript.following),
    { ...words, as: "transcript.follow" });
  register("/", "Search in this call", () => finder.focus(), { ...words, as: "transcript.search" });
  const hits = { group: "Transcript", when: () => finder.hits.length > 0 };
  register(["N", "P"], "Next or previous hit", (_, key) => finder.step(key === "N" ? 1 : -1),
    { ...hits, as: ["transcript.next_hit", "transcript.hit_before"] });
  register("Escape", "End the search", () => finder.clear(), hits);
}
