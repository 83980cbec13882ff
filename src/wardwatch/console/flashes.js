/** All flashes of a priority in step: a page on which each flashes by itself is a flicker. */

const NAME = "flash"; // of the keyframes in alarms.css

/** Whatever makes a flash begin: an alarm, a tile that is moved, or one that comes into sight. */
export function keepFlashesInStep() {
  let frame = 0;
  document.addEventListener("animationstart", ({ animationName }) => {
    if (animationName !== NAME) return;
    frame ||= requestAnimationFrame(() => {
      frame = 0;
      for (const animation of document.getAnimations()) {
        if (animation.animationName === NAME && animation.startTime !== 0) animation.startTime = 0;
      }
    });
  });
}
