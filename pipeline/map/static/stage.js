// The drawing: which element is which document or line, what is shown, what is lit, what lies under the pointer.

// Screen pixels within which a line counts as pointed at.
const REACH = 5;
const MOST_UNDER_POINTER = 60;
// Pixels a point: letters have 7 points.
const LEAST_ENLARGEMENT = 1.3;
const MOST_ENLARGEMENT = 1.9;

const SVG_SPACE = "http://www.w3.org/2000/svg";

const stage = {
  host: document.getElementById("map-stage"),
  frame: element("div", { class: "frame" }), // holds the drawing and, over it, the veil
  svg: null,
  veil: null, // what is lit, drawn again over a pale sheet: the drawing itself need not be painted anew
  boxes: new Map(), // node place -> element
  paths: new Map(), // line place -> element
  stretches: [], // [line place, x1, y1, x2, y2] in units of the drawing
  shown: { nodes: new Set(), lines: new Set(), open: new Set() },
  tab: null, // the one box that the Tab key reaches; arrows lead on to the others
  scale: 1,
};

function mountDrawing(svg) {
  stage.svg = svg;
  stage.boxes = new Map();
  stage.paths = new Map();
  stage.stretches = [];
  svg.querySelectorAll("[data-doc-id]").forEach((box) => {
    const place = NODE_AT.get(box.dataset.docId);
    stage.boxes.set(place, box);
    nameBox(box, NODES[place]);
  });
  svg.querySelectorAll("[data-source]").forEach((path) => {
    const { source, target, status } = path.dataset;
    const place = LINE_AT.get(`${source}\u001f${target}\u001f${status}`);
    stage.paths.set(place, path);
    measurePath(path, place);
  });
  svg.setAttribute("role", "group");
  stage.veil = makeVeil(svg);
  stage.frame.replaceChildren(svg, stage.veil);
  stage.host.replaceChildren(stage.frame);
  setScale(stage.scale);
}

function makeVeil(svg) {
  const veil = svg.cloneNode(false);
  ["role", "aria-labelledby", "class"].forEach((name) => veil.removeAttribute(name));
  veil.setAttribute("class", "veil");
  veil.setAttribute("aria-hidden", "true");
  return veil;
}

// Its name is what is written in the box; the description says the rest.
function nameBox(box, node) {
  const facts = [node.title, node.rowName, `cites ${node.cites}`, `cited by ${node.citedBy}`];
  if (node.isPartlyRead) facts.push("read in part");
  box.setAttribute("tabindex", "-1");
  box.setAttribute("role", "button");
  box.setAttribute("aria-description", facts.filter(Boolean).join(", "));
}

// Corners of a path, from its data: M x y, L x y, Q cx cy x y.
function measurePath(path, place) {
  const numbers = path.getAttribute("d").match(/[MLQ]|-?[0-9.]+/g);
  let at = null;
  let command = "M";
  for (let index = 0; index < numbers.length;) {
    if (/[MLQ]/.test(numbers[index])) { command = numbers[index]; index += 1; }
    const width = command === "Q" ? 4 : 2;
    const values = numbers.slice(index, index + width).map(Number);
    const next = values.slice(-2);
    if (command === "L") stage.stretches.push([place, at[0], at[1], next[0], next[1]]);
    at = next;
    index += width;
  }
}

// Scale 1: as wide as the window, but with letters of 9 to 13 pixels.
function usualWidth() {
  const { width } = stage.svg.viewBox.baseVal;
  return Math.min(Math.max(stage.host.clientWidth - 4, width * LEAST_ENLARGEMENT), width * MOST_ENLARGEMENT);
}

function setScale(scale) {
  stage.scale = Math.min(Math.max(scale, 0.2), 6);
  stage.frame.style.width = `${Math.round(usualWidth() * stage.scale)}px`;
}

// The whole width of the map in the window.
function fitScale() {
  setScale((stage.host.clientWidth - 4) / usualWidth());
}

function showOnly(shown) {
  stage.shown = shown;
  setTab(shown.nodes.has(stage.tab) ? stage.tab : [...shown.nodes][0] ?? null);
  const isWhole = shown.nodes.size === stage.boxes.size && shown.lines.size === stage.paths.size;
  stage.svg.classList.toggle("partial", !isWhole);
  stage.boxes.forEach((box, place) => {
    box.classList.toggle("gone", !shown.nodes.has(place));
    box.classList.toggle("open", shown.open.has(place));
  });
  stage.paths.forEach((path, place) => path.classList.toggle("gone", !shown.lines.has(place)));
}

function setTab(place) {
  stage.boxes.get(stage.tab)?.setAttribute("tabindex", "-1");
  stage.tab = place;
  stage.boxes.get(place)?.setAttribute("tabindex", "0");
}

// Light up lines with their documents; `centre` is the document that they belong to, if there is one.
function light(lines, centre) {
  dim();
  if (!lines.length && centre === null) return;
  const boxes = rolesOf(lines, centre);
  const sheet = stage.svg.querySelector(".sheet").cloneNode(false);
  lines.forEach((place) => litCopy(stage.paths.get(place), ["lit"], sheet, centre === null ? null : LINES[place]));
  boxes.forEach((roles, place) => litCopy(stage.boxes.get(place), roles, sheet));
  const paper = document.createElementNS(SVG_SPACE, "rect");
  Object.entries({ class: "paper", width: "100%", height: "100%" }).forEach(([name, value]) => paper.setAttribute(name, value));
  stage.veil.replaceChildren(paper, sheet);
  stage.svg.classList.add("lit-up");
}

// Which documents to light up, and as what: a document may be citing and cited.
function rolesOf(lines, centre) {
  const roles = new Map(centre === null ? [] : [[centre, new Set(["centre"])]]);
  lines.forEach((place) => {
    [[LINES[place].source, "citing"], [LINES[place].target, "cited"]].forEach(([node, role]) => {
      if (node !== centre) roles.set(node, (roles.get(node) ?? new Set()).add(role));
    });
  });
  return roles;
}

// Marks the element and puts a copy of it, without its data, on the veil; a line of a chosen document is drawn straight
// and whole there.
function litCopy(original, roles, sheet, line = null) {
  if (!original) return;
  original.classList.add(...roles);
  const copy = original.cloneNode(true);
  [...copy.attributes].map((each) => each.name)
    .filter((name) => name.startsWith("data-") || ["tabindex", "role", "aria-description"].includes(name))
    .forEach((name) => copy.removeAttribute(name));
  copy.setAttribute("text-anchor", "middle");
  if (line !== null) copy.setAttribute("d", straightPath(stage.boxes.get(line.source), stage.boxes.get(line.target)));
  sheet.append(copy);
}

// From the edge of a box to the edge of another.
function straightPath(from, to) {
  return `M${edgeTowards(from, middle(to)).join(" ")}L${edgeTowards(to, middle(from)).join(" ")}`;
}

function edgeTowards(box, [x, y]) {
  const frame = box.querySelector("rect");
  const [left, top] = middle(box);
  const shares = [frame.width.baseVal.value / 2 / Math.abs(x - left), frame.height.baseVal.value / 2 / Math.abs(y - top)];
  const share = Math.min(...shares.filter(Number.isFinite), 1);
  return [left + (x - left) * share, top + (y - top) * share].map((each) => each.toFixed(1));
}

function dim() {
  stage.veil.replaceChildren();
  stage.svg.classList.remove("lit-up");
  stage.svg.querySelectorAll(".lit, .centre, .citing, .cited")
    .forEach((each) => each.classList.remove("lit", "centre", "citing", "cited"));
}

function linesOf(place) {
  return [...LINES_OUT[place], ...LINES_IN[place]].filter((line) => stage.shown.lines.has(line));
}

// Shown lines under a point of the window, the nearest first.
function linesAt(x, y) {
  const matrix = stage.svg.querySelector(".sheet").getScreenCTM();
  const point = new DOMPoint(x, y).matrixTransform(matrix.inverse());
  const reach = REACH / matrix.a;
  const found = new Map();
  for (const [place, x1, y1, x2, y2] of stage.stretches) {
    const dx = Math.max(Math.min(x1, x2) - point.x, 0, point.x - Math.max(x1, x2));
    const dy = Math.max(Math.min(y1, y2) - point.y, 0, point.y - Math.max(y1, y2));
    const away = Math.max(dx, dy);
    if (away <= reach && stage.shown.lines.has(place)) found.set(place, Math.min(away, found.get(place) ?? away));
  }
  const nearest = Math.min(...found.values());
  return [...found].filter(([, away]) => away <= nearest + 0.4).map(([place]) => place).slice(0, MOST_UNDER_POINTER);
}

// The nearest shown box in the direction of an arrow key.
function neighbourBox(place, key) {
  const here = middle(stage.boxes.get(place));
  const along = { ArrowRight: [1, 0], ArrowLeft: [-1, 0], ArrowDown: [0, 1], ArrowUp: [0, -1] }[key];
  let best = null;
  stage.shown.nodes.forEach((other) => {
    if (other === place) return;
    const there = middle(stage.boxes.get(other));
    const ahead = (there[0] - here[0]) * along[0] + (there[1] - here[1]) * along[1];
    const aside = Math.abs((there[0] - here[0]) * along[1]) + Math.abs((there[1] - here[1]) * along[0]);
    if (ahead > 1 && (best === null || ahead + 2 * aside < best[0])) best = [ahead + 2 * aside, other];
  });
  return best && best[1];
}

function middle(box) {
  const frame = box.querySelector("rect");
  return [frame.x.baseVal.value + frame.width.baseVal.value / 2, frame.y.baseVal.value + frame.height.baseVal.value / 2];
}

function goTo(place) {
  const box = stage.boxes.get(place);
  setTab(place);
  box.scrollIntoView({ block: "center", inline: "center" });
  box.focus({ preventScroll: true });
}
