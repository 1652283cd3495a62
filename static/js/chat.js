// A conversation looks for new messages by itself: every two seconds while somebody writes, less and less often while
// nothing happens, not at all while nobody sees the page. What is being typed, the focus and the scroll stay as they are:
// only messages are added, and the log is anchored at its end by the style sheet.
document.addEventListener("DOMContentLoaded", () => {
  const WAITS = [2, 2, 2, 2, 2, 3, 5, 8, 13, 20, 30];
  const log = document.querySelector("[data-chat]");
  if (!log || !window.htmx) return;
  const list = log.querySelector("ol");
  let idle = 0;
  let timer = 0;
  let looking = false;

  const last = () => Number(list.lastElementChild?.dataset.number ?? 0);

  const lookLater = () => {
    clearTimeout(timer);
    if (!document.hidden) timer = setTimeout(look, WAITS[Math.min(idle, WAITS.length - 1)] * 1000);
  };

  const look = async () => {
    if (looking) return;
    looking = true;
    const before = last();
    try {
      await htmx.ajax("GET", log.dataset.chat, { source: log, target: list, swap: "beforeend", values: { desde: before } });
    } catch {
      // Without a connection: the next look may have more luck.
    }
    looking = false;
    idle = last() > before ? 0 : idle + 1;
    for (const seen of document.querySelectorAll("[data-chat-seen]")) seen.value = last();
    lookLater();
  };

  const lookNow = () => {
    idle = 0;
    clearTimeout(timer);
    look();
  };

  document.addEventListener("visibilitychange", () => (document.hidden ? clearTimeout(timer) : lookNow()));
  document.addEventListener("input", (event) => {
    if (!event.target.closest("form[hx-post], form[data-chat-form]") || idle < 5) return;
    idle = 0;
    lookLater();
  });
  // What was sent comes back as every other message does; whoever writes goes on writing.
  document.addEventListener("htmx:afterSettle", (event) => {
    if (event.detail.elt.id !== "escribir") return;
    document.querySelector("#escribir textarea")?.focus();
    log.scrollTop = log.scrollHeight;
    lookNow();
  });
  lookLater();
});
