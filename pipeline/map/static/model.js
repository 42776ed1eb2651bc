// What the page knows (the data block) and what it shows of it: pure functions of filters, no drawing.
"use strict";

const DATA = JSON.parse(document.getElementById("map-data").textContent);
const NODES = DATA.nodes;
const LINES = DATA.lines;
const NODE_AT = new Map(NODES.map((node, place) => [node.id, place]));
const LINE_AT = new Map(LINES.map((line, place) => [lineKey(line), place]));
const LINES_OUT = NODES.map(() => []);
const LINES_IN = NODES.map(() => []);
LINES.forEach((line, place) => {
  LINES_OUT[line.source].push(place);
  LINES_IN[line.target].push(place);
});
const TIE_WORDS = {
  supersedes: ["Supersedes", "Superseded by"],
  renamed_to: ["Became", "Was planned as"],
  part_of: ["Part of", "Has as part"],
};
const YEARS = NODES.map((node) => Number(node.row)).filter((year) => year > 0);
const FIRST_YEAR = Math.min(...YEARS, DATA.lastYear);
const LAST_YEAR = Math.max(...YEARS, FIRST_YEAR);

// What supersedes, renames or is part of what: [place, relation, place].
const TIES_OF = NODES.map(() => []);
DATA.ties.forEach(([from, relation, to]) => {
  TIES_OF[from].push([TIE_WORDS[relation][0], to]);
  TIES_OF[to].push([TIE_WORDS[relation][1], from]);
});

const filters = makeFilters();

function makeFilters() {
  return {
    statuses: new Set(DATA.statuses),
    lanes: new Set(DATA.lanes.map((lane) => lane.id)),
    kinds: new Set(DATA.kinds),
    zones: new Set(DATA.zones),
    years: [FIRST_YEAR, LAST_YEAR],
    asOf: LAST_YEAR,
    weight: 1,
    confidence: 0,
    focus: null,
    depth: 1,
  };
}

function lineKey(line) {
  return `${NODES[line.source].id}\u001f${NODES[line.target].id}\u001f${line.status}`;
}

function yearOf(node) {
  return Number(node.row) || null;
}

// The citations of a line that the zone filter leaves.
function quotesOf(line) {
  return line.quotes.filter((quote) => filters.zones.has(quote.zone));
}

// Places of the nodes and lines that are shown, among those that are drawn; and nodes not yet adopted on that day.
function findShown(drawnNodes, drawnLines) {
  const nodes = new Set([...drawnNodes].filter((place) => keepsNode(NODES[place])));
  const lines = new Set([...drawnLines].filter((place) => keepsLine(LINES[place], nodes)));
  const open = new Set([...nodes].filter((place) => isOpen(NODES[place])));
  if (filters.asOf < LAST_YEAR) forgetUncited(nodes, lines, open);
  if (filters.focus !== null) keepNeighbourhood(nodes, lines);
  return { nodes, lines: new Set([...lines].filter((place) => isBetween(LINES[place], nodes))), open };
}

// On an earlier day only what had been read or was cited by then was known.
function forgetUncited(nodes, lines, open) {
  const cited = new Set([...lines].map((place) => LINES[place].target));
  nodes.forEach((place) => {
    if (!cited.has(place) && (open.has(place) || !NODES[place].isRead)) nodes.delete(place);
  });
}

function keepsNode(node) {
  const year = yearOf(node);
  const [first, last] = filters.years;
  const isInYears = year === null || (first <= year && year <= last);
  return isInYears && filters.lanes.has(node.lane) && filters.kinds.has(node.kind);
}

function keepsLine(line, nodes) {
  const year = yearOf(NODES[line.source]);
  if (!isBetween(line, nodes) || !filters.statuses.has(line.status)) return false;
  if (year !== null && year > filters.asOf) return false;
  if (line.confidence < filters.confidence) return false;
  return quotesOf(line).length >= filters.weight;
}

function isBetween(line, nodes) {
  return nodes.has(line.source) && nodes.has(line.target);
}

// Not adopted on the day that is looked at; what was read and has no date was there all the time.
function isOpen(node) {
  const year = yearOf(node);
  return year === null ? node.isOpen : year > filters.asOf;
}

function keepNeighbourhood(nodes, lines) {
  const found = new Set([filters.focus]);
  let edge = [filters.focus];
  for (let step = 0; step < filters.depth; step += 1) {
    const next = new Set();
    lines.forEach((place) => {
      const { source, target } = LINES[place];
      if (edge.includes(source) && !found.has(target)) next.add(target);
      if (edge.includes(target) && !found.has(source)) next.add(source);
    });
    next.forEach((place) => found.add(place));
    edge = [...next];
  }
  nodes.forEach((place) => { if (!found.has(place)) nodes.delete(place); });
}

// Nodes of which the names and the id hold all words: what is so named first, then the most cited.
function searchNodes(text, among) {
  const words = text.toLocaleLowerCase().split(/\s+/).filter(Boolean);
  if (!words.length) return [];
  return [...among]
    .filter((place) => {
      const node = NODES[place];
      const hay = [node.label, node.title, node.id, ...node.names].join(" ").toLocaleLowerCase();
      return words.every((word) => hay.includes(word));
    })
    .sort((a, b) => isNamed(b, text) - isNamed(a, text) || NODES[b].citedBy - NODES[a].citedBy || a - b);
}

// Whether a text is, in full, one of the node's names: "defa" means the DEFA before all that mention it.
function isNamed(place, text) {
  const wanted = text.trim().toLocaleLowerCase();
  return [NODES[place].label, NODES[place].id, ...NODES[place].names].some((name) => name.toLocaleLowerCase() === wanted);
}

// Pages of a line's citations in order, each once.
function pagesOf(line) {
  return [...new Set(quotesOf(line).map((quote) => quote.page))].sort((a, b) => a - b);
}

// An HTML element; children that are texts stay texts.
function element(name, attributes = {}, ...children) {
  const made = document.createElement(name);
  Object.entries(attributes).forEach(([key, value]) => {
    if (key.startsWith("on")) made.addEventListener(key.slice(2), value);
    else made.setAttribute(key, value);
  });
  made.append(...children);
  return made;
}
