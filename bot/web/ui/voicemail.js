// The page of a voicemail: a word leads to its place in the sound, and the word that is heard is
// marked. Without this script the words are links to the sound at that place.

const audio = document.querySelector("audio");
const words = [...document.querySelectorAll(".words a")];

if (audio) {
  for (const word of words) {
    word.addEventListener("click", (event) => {
      event.preventDefault();
      audio.currentTime = Number(word.dataset.start) / 1000;
      audio.play();
    });
  }
  audio.addEventListener("timeupdate", () => {
    const now = audio.currentTime * 1000;
    for (const word of words) {
      const isNow = Number(word.dataset.start) <= now && now < Number(word.dataset.end);
      word.classList.toggle("now", isNow && !audio.ended);
      if (isNow) word.setAttribute("aria-current", "true"); else word.removeAttribute("aria-current");
    }
  });
}
