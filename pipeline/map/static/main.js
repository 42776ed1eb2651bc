// Controls, keys and pointer: what the reader does, and what then happens.

const byId = (id) => document.getElementById(id);
let pinned = null; // what stays lit after the pointer has gone: { lines, centre }

const act = {
  chooseNode(place) {
    pinned = { lines: linesOf(place), centre: place };
    light(pinned.lines, place);
    describeNode(place, act);
    goTo(place);
  },
  chooseLines(lines) {
    pinned = { lines, centre: null };
    light(lines, null);
    describeLines(lines, act);
  },
  focusOn(place, depth) {
    filters.focus = place;
    filters.depth = depth;
    refresh();
    act.chooseNode(place);
  },
  clear() {
    pinned = null;
    dim();
    closePanel();
  },
};

function refresh() {
  const shown = findShown(stage.boxes.keys(), stage.paths.keys());
  showOnly(shown);
  byId("map-count").textContent =
    `${shown.nodes.size} of ${stage.boxes.size} documents, ${shown.lines.size} of ${stage.paths.size} lines shown`
    + `${filters.asOf < LAST_YEAR ? `, as of the end of ${filters.asOf}` : ""}`
    + `${filters.focus === null ? "" : `, around ${NODES[filters.focus].label}`}`;
  byId("map-as-of-word").textContent = filters.asOf >= LAST_YEAR ? "the last day" : `end of ${filters.asOf}`;
  byId("map-show-all").hidden = filters.focus === null;
  if (pinned) relight();
}

function relight() {
  const lines = pinned.lines.filter((line) => stage.shown.lines.has(line));
  light(pinned.centre === null ? lines : linesOf(pinned.centre), pinned.centre);
}

// Checkboxes for the values of one filter, made from the data.
function fillChoices(id, values, chosen, wordOf) {
  const host = byId(id);
  values.forEach((value) => {
    const box = element("input", { type: "checkbox", checked: "", onchange: () => {
      if (box.checked) chosen().add(value); else chosen().delete(value);
      refresh();
    } });
    host.append(element("label", {}, box, ` ${wordOf(value)}`));
  });
}

function setUpFilters() {
  const named = new Map(DATA.lanes.map((lane) => [lane.id, lane.head]));
  fillChoices("map-statuses", DATA.statuses, () => filters.statuses, (status) => status);
  fillChoices("map-lanes", [...named.keys()], () => filters.lanes, (lane) => named.get(lane));
  fillChoices("map-kinds", DATA.kinds, () => filters.kinds, (kind) => kind || "unknown");
  fillChoices("map-zones", DATA.zones, () => filters.zones, (zone) => zone);
  setUpNumber("map-first-year", FIRST_YEAR, FIRST_YEAR, LAST_YEAR, (value) => { filters.years[0] = value; });
  setUpNumber("map-last-year", LAST_YEAR, FIRST_YEAR, LAST_YEAR, (value) => { filters.years[1] = value; });
  setUpNumber("map-as-of", LAST_YEAR, FIRST_YEAR, LAST_YEAR, (value) => { filters.asOf = value; });
  setUpNumber("map-weight", 1, 1, 99, (value) => { filters.weight = value; });
  setUpNumber("map-confidence", 0, 0, 1, (value) => { filters.confidence = value; });
  byId("map-show-all").addEventListener("click", () => { filters.focus = null; refresh(); });
  byId("map-reset").addEventListener("click", reset);
}

function setUpNumber(id, value, least, most, set) {
  const input = byId(id);
  Object.assign(input, { min: least, max: most });
  input.value = value;
  input.defaultValue = value;
  input.addEventListener("input", () => {
    const number = Number(input.value);
    if (input.value === "" || Number.isNaN(number)) return;
    set(Math.min(Math.max(number, least), most));
    refresh();
  });
}

function reset() {
  Object.assign(filters, makeFilters());
  document.querySelectorAll(".controls input").forEach((input) => {
    if (input.type === "checkbox" && !input.dataset.rule) input.checked = true;
    else if (input.type !== "checkbox") input.value = input.defaultValue;
  });
  showMatches();
  act.clear();
  refresh();
}

// The drawing rules: each combination of switches is a drawing of its own, made beforehand.
function setUpRules() {
  document.querySelectorAll("[data-rule]").forEach((box) => box.addEventListener("change", () => {
    const key = [...document.querySelectorAll("[data-rule]")].filter((each) => each.checked)
      .map((each) => each.dataset.rule).join(" ");
    act.clear();
    filters.focus = null;
    const text = DATA.drawings[key];
    const drawing = text === null ? original : document.importNode(
      new DOMParser().parseFromString(text, "image/svg+xml").documentElement, true,
    );
    mountDrawing(drawing);
    refresh();
  }));
}

function setUpSearch() {
  const input = byId("map-search");
  input.addEventListener("input", showMatches);
  input.addEventListener("keydown", (event) => {
    if (event.key !== "Enter") return;
    const [first] = searchNodes(input.value, stage.shown.nodes);
    if (first !== undefined) act.chooseNode(first);
  });
}

function showMatches() {
  const found = searchNodes(byId("map-search").value, stage.shown.nodes);
  const items = found.slice(0, 12).map((place) => element("li", {}, element(
    "button", { type: "button", class: "link", onclick: () => act.chooseNode(place) },
    `${NODES[place].label} (${NODES[place].rowName})`,
  )));
  byId("map-matches").replaceChildren(...items);
  byId("map-matches").hidden = !items.length;
  stage.svg.querySelectorAll(".match").forEach((each) => each.classList.remove("match"));
  found.forEach((place) => stage.boxes.get(place).classList.add("match"));
}

const boxUnder = (event) => event.target.closest?.("[data-doc-id]") ?? null;
const placeOf = (box) => NODE_AT.get(box.dataset.docId);

function setUpPointer() {
  let last = null;
  stage.host.addEventListener("pointermove", (event) => {
    cancelAnimationFrame(last);
    last = requestAnimationFrame(() => hover(event));
  });
  stage.host.addEventListener("pointerleave", () => { cancelAnimationFrame(last); settle(); });
  stage.host.addEventListener("click", (event) => {
    const box = boxUnder(event);
    if (box) { act.chooseNode(placeOf(box)); return; }
    const lines = linesUnder(event);
    if (lines.length) act.chooseLines(lines); else act.clear();
  });
}

function hover(event) {
  const box = boxUnder(event);
  if (box) { light(linesOf(placeOf(box)), placeOf(box)); return; }
  const lines = linesUnder(event);
  stage.host.classList.toggle("on-line", lines.length > 0);
  if (lines.length) light(lines, null); else settle();
}

// The line that was hit itself comes first.
function linesUnder(event) {
  const near = linesAt(event.clientX, event.clientY);
  const path = event.target.closest?.("[data-source]");
  if (!path) return near;
  const { source, target, status } = path.dataset;
  const hit = LINE_AT.get(`${source}\u001f${target}\u001f${status}`);
  return near.includes(hit) ? near : [hit, ...near];
}

function settle() {
  if (pinned) relight(); else dim();
}

function setUpKeys() {
  stage.host.addEventListener("focusin", (event) => {
    const box = boxUnder(event);
    if (box) light(linesOf(placeOf(box)), placeOf(box));
  });
  stage.host.addEventListener("focusout", settle);
  stage.host.addEventListener("keydown", (event) => {
    const box = boxUnder(event);
    if (!box) return;
    if (event.key === "Enter" || event.key === " ") act.chooseNode(placeOf(box));
    else if (event.key.startsWith("Arrow")) {
      const next = neighbourBox(placeOf(box), event.key);
      if (next !== null) goTo(next);
    } else return;
    event.preventDefault();
  });
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape") act.clear();
    if (event.key === "/" && !event.target.closest("input")) { byId("map-search").focus(); event.preventDefault(); }
  });
}

function setUpButtons() {
  byId("map-larger").addEventListener("click", () => setScale(stage.scale * 1.25));
  byId("map-smaller").addEventListener("click", () => setScale(stage.scale / 1.25));
  byId("map-fit").addEventListener("click", fitScale);
  byId("map-panel-close").addEventListener("click", act.clear);
  byId("map-save-svg").addEventListener("click", saveSvg);
  byId("map-save-png").addEventListener("click", savePng);
  byId("map-save-csv").addEventListener("click", saveCsv);
  byId("map-print").addEventListener("click", () => window.print());
  window.addEventListener("resize", () => setScale(stage.scale));
}

const original = stage.host.querySelector("svg");
mountDrawing(original);
setUpFilters();
setUpRules();
setUpSearch();
setUpPointer();
setUpKeys();
setUpButtons();
document.body.classList.add("ready");
refresh();
