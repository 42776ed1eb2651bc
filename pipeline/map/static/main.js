// Controls, keys and pointer: what the reader does, and what then happens.

const byId = (id) => document.getElementById(id);
let pinned = null; // what stays lit after the pointer has gone: { lines, centre }

const act = {
  chooseNode(place) {
    pinned = { lines: linesOf(place), centre: place };
    light(pinned.lines, place);
    describeNode(place, act);
    goTo(place);
    writeAddress();
  },
  chooseLines(lines) {
    pinned = { lines, centre: null };
    light(lines, null);
    describeLines(lines, act);
    stage.paths.get(lines[0])?.scrollIntoView({ block: "nearest", inline: "nearest" });
    writeAddress();
  },
  focusOn(place, depth) {
    filters.focus = place;
    filters.depth = depth;
    refresh();
    act.chooseNode(place);
  },
  // Show a document whatever hides it.
  reveal(place) {
    if (!stage.boxes.has(place)) setRules(() => false);
    if (!stage.shown.nodes.has(place)) clearFilters();
    act.chooseNode(place);
  },
  // The same for lines of the document that is chosen.
  revealLines(lines) {
    const { centre } = pinned;
    if (lines.some((line) => !stage.paths.has(line))) setRules(() => false);
    if (lines.some((line) => !stage.shown.lines.has(line))) clearFilters();
    act.chooseNode(centre);
  },
  clear() {
    pinned = null;
    dim();
    closePanel();
    writeAddress();
  },
};

function refresh() {
  const shown = findShown(stage.boxes.keys(), stage.paths.keys());
  showOnly(shown);
  byId("map-count").textContent =
    `${shown.nodes.size} of ${NODES.length} documents, ${shown.lines.size} of ${LINES.length} lines shown`
    + `${filters.asOf < LAST_YEAR ? `, as of the end of ${filters.asOf}` : ""}`
    + `${filters.focus === null ? "" : `, around ${NODES[filters.focus].label}`}`;
  const [nodes, lines] = [NODES.length - stage.boxes.size, LINES.length - stage.paths.size];
  const hidden = [nodes ? count(nodes, "document") : "", lines ? count(lines, "line") : ""].filter(Boolean).join(" and ");
  byId("map-hidden").hidden = !hidden;
  byId("map-hidden-word").textContent = hidden && `${hidden} hidden by ${rulesInForce()}: `;
  byId("map-as-of-word").textContent = filters.asOf >= LAST_YEAR ? "the last day" : `end of ${filters.asOf}`;
  byId("map-show-all").hidden = filters.focus === null;
  if (pinned) relight();
  writeAddress();
}

function relight() {
  const lines = pinned.lines.filter((line) => stage.shown.lines.has(line));
  light(pinned.centre === null ? lines : linesOf(pinned.centre), pinned.centre);
}

// Checkboxes for the values of one filter, made from the data.
function fillChoices(id, values, chosen, wordOf) {
  const host = byId(id);
  values.forEach((value) => {
    const marks = { "data-filter": id.replace("map-", ""), "data-value": value };
    const box = element("input", { type: "checkbox", checked: "", ...marks, onchange: () => {
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
  setRules((box) => box.defaultChecked);
  clearFilters();
  byId("map-search").value = "";
  byId("map-ties").checked = false;
  stage.host.classList.remove("with-ties");
  document.querySelector(".more").open = false;
  showMatches();
  act.clear();
  setScale(1);
  stage.host.scrollTo(0, 0);
  window.scrollTo(0, 0);
  writeAddress();
}

// All that the filters hide is shown again; drawing rules stay.
function clearFilters() {
  Object.assign(filters, makeFilters());
  document.querySelectorAll("[data-filter]").forEach((box) => { box.checked = true; });
  NUMBERS.forEach(([, id]) => { byId(id).value = byId(id).defaultValue; });
  refresh();
}

// The drawing rules: each combination of switches is a drawing of its own, made beforehand.
function setUpRules() {
  document.querySelectorAll("[data-rule]").forEach((box) => box.addEventListener("change", () => {
    act.clear();
    filters.focus = null;
    drawByRules();
  }));
  byId("map-reveal").addEventListener("click", () => setRules(() => false));
  byId("map-ties").addEventListener("change", () => {
    stage.host.classList.toggle("with-ties", byId("map-ties").checked);
    writeAddress();
  });
}

function setRules(isOn) {
  document.querySelectorAll("[data-rule]").forEach((box) => { box.checked = isOn(box); });
  drawByRules();
}

function drawByRules() {
  const key = [...document.querySelectorAll("[data-rule]")].filter((each) => each.checked)
    .map((each) => each.dataset.rule).join(" ");
  const text = DATA.drawings[key];
  if (text === undefined || key === drawn) return;
  drawn = key;
  mountDrawing(text === null ? original : document.importNode(
    new DOMParser().parseFromString(text, "image/svg+xml").documentElement, true,
  ));
  refresh();
}

function setUpSearch() {
  const input = byId("map-search");
  input.addEventListener("input", showMatches);
  input.addEventListener("keydown", (event) => {
    if (event.key === "Escape") hideMatches();
    if (event.key !== "Enter") return;
    const [first] = searchNodes(input.value, NODES.keys());
    if (first !== undefined) choose(first);
  });
  document.addEventListener("click", (event) => {
    if (!event.target.closest(".search, #map-matches")) hideMatches();
  });
}

function choose(place) {
  hideMatches();
  act.reveal(place);
}

function hideMatches() {
  byId("map-matches").hidden = true;
}

// Finds among all documents; one that is hidden says so, and is shown when it is chosen.
function showMatches() {
  const found = searchNodes(byId("map-search").value, NODES.keys());
  const items = found.slice(0, 12).map((place) => element("li", {}, element(
    "button", { type: "button", class: "link", onclick: () => choose(place) },
    `${NODES[place].label} (${NODES[place].rowName})`,
  ), stage.shown.nodes.has(place) ? "" : ` hidden by ${stage.boxes.has(place) ? "filters" : rulesInForce()}`));
  byId("map-matches").replaceChildren(...items);
  byId("map-matches").hidden = !items.length;
  stage.svg.querySelectorAll(".match").forEach((each) => each.classList.remove("match"));
  found.forEach((place) => stage.boxes.get(place)?.classList.add("match"));
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
    if (event.key === "Enter" || event.key === " ") {
      act.chooseNode(placeOf(box));
      byId("map-panel-close").focus();
    }
    else if (event.key.startsWith("Arrow")) {
      const next = neighbourBox(placeOf(box), event.key);
      if (next !== null) goTo(next);
    } else return;
    event.preventDefault();
  });
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape") {
      const back = event.target.closest?.("#map-panel") ? pinned?.centre : undefined;
      act.clear();
      stage.boxes.get(back)?.focus();
    }
    if (event.key === "/" && !event.target.closest("input")) { byId("map-search").focus(); event.preventDefault(); }
  });
}

function setUpButtons() {
  const sizes = {
    "map-larger": () => setScale(stage.scale * 1.25),
    "map-smaller": () => setScale(stage.scale / 1.25),
    "map-fit": fitScale,
  };
  Object.entries(sizes).forEach(([id, resize]) => byId(id).addEventListener("click", () => { resize(); writeAddress(); }));
  byId("map-panel-close").addEventListener("click", act.clear);
  byId("map-save-svg").addEventListener("click", saveSvg);
  byId("map-save-png").addEventListener("click", savePng);
  byId("map-save-csv").addEventListener("click", saveCsv);
  byId("map-print").addEventListener("click", () => window.print());
  window.addEventListener("resize", () => setScale(stage.scale));
}

// The view in the address: what differs from how the page opens, so that it can be sent and comes back.
function writeAddress() {
  if (!isReady) return;
  const given = new URLSearchParams();
  const put = (name, value, usual) => { if (String(value) !== String(usual)) given.set(name, value); };
  const fresh = makeFilters();
  const isNode = pinned !== null && pinned.centre !== null;
  put("doc", isNode ? NODES[pinned.centre].id : "", "");
  put("line", pinned && !isNode ? lineKey(LINES[pinned.lines[0]]).replaceAll("\u001f", "|") : "", "");
  put("around", filters.focus === null ? "" : `${filters.depth} ${NODES[filters.focus].id}`, "");
  SETS.forEach((name) => put(name, [...filters[name]].sort().join(" "), [...fresh[name]].sort().join(" ")));
  NUMBERS.forEach(([name, , read]) => put(name, read(filters), read(fresh)));
  put("rules", drawn, firstRules);
  put("ties", byId("map-ties").checked ? "shown" : "", "");
  put("size", stage.scale.toFixed(2), "1.00");
  if (document.body.classList.contains("embed")) given.set("embed", "1");
  const text = given.toString();
  if (text !== location.hash.slice(1)) history.replaceState(null, "", `#${text}`);
}

function readAddress() {
  const given = new URLSearchParams(location.hash.slice(1));
  document.body.classList.toggle("embed", given.has("embed"));
  if (given.has("rules")) setRules((box) => given.get("rules").split(" ").includes(box.dataset.rule));
  SETS.filter((name) => given.has(name)).forEach((name) => {
    const kept = given.get(name).split(" ");
    filters[name] = new Set([...filters[name]].filter((value) => kept.includes(value)));
    document.querySelectorAll(`[data-filter="${name}"]`).forEach((box) => { box.checked = kept.includes(box.dataset.value); });
  });
  NUMBERS.filter(([name]) => given.has(name) && Number.isFinite(Number(given.get(name)))).forEach(([name, id, , set]) => {
    set(filters, Number(given.get(name)));
    byId(id).value = given.get(name);
  });
  const [, depth, around] = given.get("around")?.match(/^(\d) (.*)$/) ?? [];
  if (NODE_AT.has(around)) Object.assign(filters, { focus: NODE_AT.get(around), depth: Number(depth) });
  if (given.get("ties")) byId("map-ties").click();
  if (Number(given.get("size")) > 0) setScale(Number(given.get("size")));
  refresh();
  const [node, line] = [NODE_AT.get(given.get("doc")), LINE_AT.get(given.get("line")?.replaceAll("|", "\u001f"))];
  if (node !== undefined) act.reveal(node);
  else if (line !== undefined && stage.shown.lines.has(line)) act.chooseLines([line]);
}

const SETS = ["statuses", "lanes", "kinds", "zones"];
// Name in the address, control, how it is read and how it is set.
const NUMBERS = [
  ["from", "map-first-year", (each) => each.years[0], (each, value) => { each.years[0] = value; }],
  ["to", "map-last-year", (each) => each.years[1], (each, value) => { each.years[1] = value; }],
  ["as-of", "map-as-of", (each) => each.asOf, (each, value) => { each.asOf = value; }],
  ["citations", "map-weight", (each) => each.weight, (each, value) => { each.weight = value; }],
  ["confidence", "map-confidence", (each) => each.confidence, (each, value) => { each.confidence = value; }],
];

const original = stage.host.querySelector("svg");
const firstRules = Object.keys(DATA.drawings).find((key) => DATA.drawings[key] === null);
let drawn = firstRules;
let isReady = false;
mountDrawing(original);
setUpFilters();
setUpRules();
setUpSearch();
setUpPointer();
setUpKeys();
setUpButtons();
document.body.classList.add("ready");
readAddress();
isReady = true;
