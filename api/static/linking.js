// Keys of the review: 1–5 choose a candidate, 0 none, s skips, u undoes; not while somebody types.
document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.target.closest("input, textarea, select")) return;
  const target =
    event.key === "s" || event.key === "ы" ? document.getElementById("skip")
    : event.key === "u" || event.key === "г" ? document.getElementById("undo")
    : /^[0-5]$/.test(event.key) ? document.querySelector(`form.decide [data-key="${event.key}"]`)
    : null;
  if (target) {
    event.preventDefault();
    target.click();
  }
});

// Until the names of changed registers are read the page looks again by itself, but never under the hands of who writes.
if (document.querySelector("[data-refresh]")) {
  const timer = setInterval(async () => {
    const answer = await fetch(location.href).catch(() => null);
    if (!answer?.ok) return;
    const there = new DOMParser().parseFromString(await answer.text(), "text/html");
    if (there.querySelector("[data-refresh]") || document.getElementById("reason")?.value) return;
    clearInterval(timer);
    location.reload();
  }, 3000);
}
