// The panel beside the map: a document with its lines, or lines with their sentences. Text is only ever set as text.

const panel = document.getElementById("map-panel");
const panelBody = document.getElementById("map-panel-body");

// Sentences of one line that are shown before "all".
const FIRST_QUOTES = 20;

function openPanel(...children) {
  panelBody.replaceChildren(...children);
  panel.hidden = false;
  document.body.classList.add("has-panel");
}

function closePanel() {
  panel.hidden = true;
  document.body.classList.remove("has-panel");
}

function describeNode(place, act) {
  const node = NODES[place];
  const facts = [node.rowName, node.date, node.kind, DATA.lanes.find((lane) => lane.id === node.lane)?.head];
  const outgoing = LINES_OUT[place].filter((line) => stage.shown.lines.has(line));
  const incoming = LINES_IN[place].filter((line) => stage.shown.lines.has(line));
  openPanel(
    element("h2", {}, node.title || node.label),
    element("p", { class: "facts" }, [...new Set(facts.filter(Boolean))].join(" · ")),
    element("p", { class: "facts" }, readingOf(node)),
    element("p", {}, `Over the whole corpus it cites ${node.cites} and is cited by ${node.citedBy} documents` +
      `${node.plannedBy ? `, by ${node.plannedBy} when it was still planned` : ""}.`),
    neighbourhoodButtons(place, act),
    lineList("Cites", outgoing, "target", act),
    lineList("Is cited by", incoming, "source", act),
  );
}

function readingOf(node) {
  if (node.isPartlyRead) return "Read in part: lines may be missing.";
  return node.isRead ? "Its PDF was read." : "Known only because others cite it.";
}

function neighbourhoodButtons(place, act) {
  const depths = [1, 2, 3].map((depth) => element(
    "button", { type: "button", onclick: () => act.focusOn(place, depth) }, depth === 1 ? "1 line away" : `${depth} lines`,
  ));
  return element("p", { class: "buttons" }, "Only its neighbourhood: ", ...depths);
}

function lineList(head, lines, end, act) {
  if (!lines.length) return element("p", { class: "facts" }, `${head}: nothing that is shown.`);
  const items = lines
    .map((line) => [NODES[LINES[line][end]], line])
    .sort(([a], [b]) => a.row.localeCompare(b.row) || a.label.localeCompare(b.label))
    .map(([node, line]) => element("li", {}, element(
      "button",
      { type: "button", class: `link ${LINES[line].status}`, onclick: () => act.chooseLines([line]) },
      `${node.label} (${node.rowName})`,
    ), ` ${LINES[line].status}, ${count(quotesOf(LINES[line]).length, "citation")}`));
  return element("section", {}, element("h3", {}, `${head} ${count(lines.length, "document")}`), element("ul", {}, ...items));
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
