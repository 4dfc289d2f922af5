"use strict";
const form = document.querySelector("form");
const articles = Array.from(document.querySelectorAll("article"));
const shown = document.querySelector("output");
function filter() {
  const { sort, question, kind, words } = form.elements;
  const wanted = words.value.trim().toLowerCase();
  let count = 0;
  for (const article of articles) {
    const fits = article.dataset.mistakes.split(" ").some((mistake) => {
      const [how, number] = mistake.split("-");
      return (!sort.value || how === sort.value) && (!question.value || number === question.value);
    });
    article.hidden = !fits || (kind.value !== "" && article.dataset.kind !== kind.value)
      || (wanted !== "" && !article.textContent.toLowerCase().includes(wanted));
    count += article.hidden ? 0 : 1;
  }
  shown.value = count + " / " + articles.length;
}
form.addEventListener("input", filter);
form.addEventListener("submit", (event) => event.preventDefault());
filter();
