// The page's words arrive only here: a crawler that runs no script sees an empty shell.
fetch("/api/content.json")
  .then((answer) => answer.json())
  .then((content) => {
    document.title = content.title;
    const app = document.getElementById("app");
    const hero = document.createElement("div");
    hero.className = "hero";
    const wrap = document.createElement("div");
    wrap.className = "wrap";
    const head = document.createElement("h1");
    head.textContent = content.headline;
    wrap.append(head);
    for (const line of content.lines) {
      const paragraph = document.createElement("p");
      paragraph.textContent = line;
      wrap.append(paragraph);
    }
    const button = document.createElement("a");
    button.className = "btn";
    button.href = "#open";
    button.textContent = content.button;
    wrap.append(button);
    hero.append(wrap);
    app.replaceChildren(hero);
    const section = document.createElement("section");
    const grid = document.createElement("div");
    grid.className = "wrap grid";
    for (const [title, text] of content.cards) {
      const card = document.createElement("div");
      card.className = "card";
      const name = document.createElement("h3");
      name.textContent = title;
      const words = document.createElement("p");
      words.textContent = text;
      card.append(name, words);
      grid.append(card);
    }
    section.append(grid);
    app.append(section);
    document.getElementById("foot").textContent = content.foot;
  });
