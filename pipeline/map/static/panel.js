// The panel beside the map: a document with its lines, or lines with their sentences. Text is only ever set as text.

const panel = document.getElementById("map-panel");
const panelBody = document.getElementById("map-panel-body");

// Sentences of one line that are shown before "all".
const FIRST_QUOTES = 20;

function openPanel(...children) {
  panelBody.replaceChildren(...children);
  panel.hidden = false;
  panel.scrollTop = 0;
  document.body.classList.add("has-panel");
}

function closePanel() {
  panel.hidden = true;
  document.body.classList.remove("has-panel");
}

function describeNode(place, act) {
  const node = NODES[place];
  const facts = [node.rowName, node.date, node.kind, DATA.lanes.find((lane) => lane.id === node.lane)?.head];
  openPanel(
    element("h2", {}, node.title || node.label),
    element("p", { class: "facts" }, [...new Set(facts.filter(Boolean))].join(" · ")),
    element("p", { class: "facts" }, readingOf(node)),
    ...(node.url ? [element("p", { class: "facts" }, node.url)] : []),
    element("p", {}, `Over the whole corpus it cites ${node.cites} and is cited by ${node.citedBy} documents` +
      `${node.plannedBy ? `, by ${node.plannedBy} when it was still planned` : ""}.`),
    neighbourhoodButtons(place, act),
    ...TIES_OF[place].map(([words, other]) => element("p", { class: "facts" }, `${words} `, nodeLink(other, act))),
    lineList("Cites", LINES_OUT[place], "target", node.cites, act),
    lineList("Is cited by", LINES_IN[place], "source", node.citedBy, act),
  );
}

function readingOf(node) {
  if (node.isPartlyRead) return "Read in part: lines may be missing.";
  if (node.isNew) return "Its file was read; it is new, in no gazetteer yet.";
  return node.isRead ? "Its PDF was read." : "Known only because others cite it.";
}

function neighbourhoodButtons(place, act) {
  const depths = [1, 2, 3].map((depth) => element(
    "button", { type: "button", onclick: () => act.focusOn(place, depth) }, depth === 1 ? "1 line away" : `${depth} lines`,
  ));
  return element("p", { class: "buttons" }, "Only its neighbourhood: ", ...depths);
}

function nodeLink(place, act) {
  const { label, rowName } = NODES[place];
  return element("button", { type: "button", class: "link", onclick: () => act.reveal(place) }, `${label} (${rowName})`);
}

// The lines that are shown, and how many are not and why; `among` is the number of documents over the whole corpus.
function lineList(head, all, end, among, act) {
  const lines = all.filter((line) => stage.shown.lines.has(line));
  const missing = all.filter((line) => !stage.shown.lines.has(line));
  const outside = among - new Set(all.map((line) => LINES[line][end])).size;
  const told = [];
  if (missing.length) {
    const show = element("button", { type: "button", class: "link", onclick: () => act.revealLines(missing) }, "show");
    told.push(element("p", { class: "facts" }, `${missing.length} more hidden by ${reasonsOf(missing)}: `, show));
  }
  if (outside > 0) told.push(element("p", { class: "facts" }, `${count(outside, "document")} more in no lane of the map.`));
  if (!lines.length) return element("section", {}, element("p", { class: "facts" }, `${head}: nothing that is shown.`), ...told);
  const items = lines
    .map((line) => [NODES[LINES[line][end]], line])
    .sort(([a], [b]) => a.row.localeCompare(b.row) || a.label.localeCompare(b.label))
    .map(([node, line]) => element("li", {}, element(
      "button",
      { type: "button", class: `link ${LINES[line].status}`, onclick: () => act.chooseLines([line]) },
      `${node.label} (${node.rowName})`,
    ), ` ${LINES[line].status}, ${count(quotesOf(LINES[line]).length, "citation")}, ${pagesIn(LINES[line])}`));
  const documents = new Set(lines.map((line) => LINES[line][end])).size;
  return element("section", {}, element("h3", {}, `${head} ${count(documents, "document")}`), element("ul", {}, ...items), ...told);
}

function pagesIn(line) {
  const pages = pagesOf(line);
  return `${pages.length === 1 ? "page" : "pages"} ${pages.join(", ")}`;
}

// What hides lines: the drawing rules, where another setting of them would draw the lines, or the filters.
function reasonsOf(lines) {
  const byRules = lines.some((line) => !stage.paths.has(line));
  const byFilters = lines.some((line) => stage.paths.has(line));
  return [byRules ? rulesInForce() : "", byFilters ? "filters" : ""].filter(Boolean).join(" and ");
}

// "rules 1 and 2", by their numbers among the switches and the footnotes.
function rulesInForce() {
  const numbers = [...document.querySelectorAll("[data-rule]")].flatMap((box, place) => (box.checked ? [place + 1] : []));
  return `${numbers.length === 1 ? "rule" : "rules"} ${numbers.join(" and ")}`;
}

function count(number, noun) {
  return `${number} ${noun}${number === 1 ? "" : "s"}`;
}

function describeLines(lines, act) {
  const [first] = lines;
  const head = lines.length === 1 ? [] : [
    element("h2", {}, `${lines.length} lines run here`),
    element("p", { class: "facts" }, "They share the way because they leave or reach the same document."),
  ];
  openPanel(...head, ...lines.map((line) => describeLine(line, lines.length === 1 || line === first, act)));
}

function describeLine(place, isOpen, act) {
  const line = LINES[place];
  const [source, target] = [NODES[line.source], NODES[line.target]];
  const quotes = quotesOf(line);
  const list = element("ol", { class: "quotes" }, ...quotes.slice(0, FIRST_QUOTES).map((quote) => quoteItem(quote)));
  if (quotes.length > FIRST_QUOTES) {
    const more = element("button", { type: "button", onclick: () => {
      list.append(...quotes.slice(FIRST_QUOTES).map((quote) => quoteItem(quote)));
      more.remove();
    } }, `all ${quotes.length}`);
    list.after(more);
  }
  const body = element("details", isOpen ? { open: "" } : {},
    element("summary", {},
      element("span", { class: `swatch ${line.status}` }),
      `${source.label} (${source.rowName}) → ${target.label} (${target.rowName})`),
    element("p", { class: "facts" }, `${DATA.words[line.status]} · ${count(quotes.length, "citation")} · `
      + `best confidence ${line.confidence.toFixed(2)}`),
    list,
    element("p", { class: "buttons" },
      element("button", { type: "button", onclick: () => act.chooseNode(line.source) }, "citing document"),
      element("button", { type: "button", onclick: () => act.chooseNode(line.target) }, "cited document")));
  return body;
}

function quoteItem(quote) {
  const at = quote.sentence.indexOf(quote.surface);
  const sentence = at < 0 ? [quote.sentence] : [
    quote.sentence.slice(0, at), element("mark", {}, quote.surface), quote.sentence.slice(at + quote.surface.length),
  ];
  return element("li", {},
    element("blockquote", {}, ...sentence),
    element("p", { class: "facts" }, `page ${quote.page} · ${quote.zone} · ${quote.reason}`));
}
