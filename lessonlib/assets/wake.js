// Wakes this picture, or every sleeping one of its kind where the page does not say which script is running.
// Running a cell twice, or many pictures on one page, does no harm. If anything fails, the still picture stays.
const mine = document.currentScript?.closest(".lessonlib-box");
for (const box of mine ? [mine] : document.querySelectorAll(kind)) {
  if (box.awake) continue;
  box.awake = true;
  const live = make("div", box);
  try {
    start(live, JSON.parse(box.querySelector("script[type='application/json']").textContent));
    for (const node of box.querySelectorAll(".asleep")) node.remove();
  } catch (error) {
    live.remove();
    console.error(error);
  }
}
