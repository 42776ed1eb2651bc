// What is shown, as a file: SVG, PNG, CSV. Everything is made here; nothing is asked of any server.

const FORMULA = /^[=+\-@\t\r\n\uFF1D\uFF0B\uFF0D\uFF20]/;

function saveFile(name, blob) {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(blob);
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10000);
}

function shownSvg() {
  const copy = stage.svg.cloneNode(true);
  const isPartial = stage.svg.classList.contains("partial");
  copy.querySelectorAll(".gone").forEach((each) => each.remove());
  copy.removeAttribute("style");
  copy.removeAttribute("class");
  copy.querySelectorAll("[tabindex]").forEach((each) => ["tabindex", "role", "aria-description"].forEach((name) => each.removeAttribute(name)));
  copy.querySelectorAll("[data-source]").forEach((each) => {
    const dash = DATA.dashes[each.dataset.status];
    if (dash && isPartial) each.setAttribute("stroke-dasharray", dash);
    each.setAttribute("class", `line ${each.dataset.status}`);
  });
  copy.querySelectorAll("[data-doc-id]").forEach((each) => each.setAttribute("class", "box"));
  const fonts = document.createElementNS(SVG_SPACE, "style");
  fonts.textContent = document.getElementById("map-fonts").textContent;
  copy.querySelector("defs").prepend(fonts);
  if (isPartial) copy.append(partNote(stage.svg.viewBox.baseVal));
  return new XMLSerializer().serializeToString(copy);
}

// A part of the map says so.
function partNote(frame) {
  const note = document.createElementNS(SVG_SPACE, "text");
  Object.entries({ x: 12, y: frame.height - 3, "font-size": 7 }).forEach(([name, value]) => note.setAttribute(name, value));
  note.textContent = byId("map-count").textContent;
  return note;
}

function saveSvg() {
  saveFile("topology_map.svg", new Blob([shownSvg()], { type: "image/svg+xml" }));
}

function savePng() {
  const url = URL.createObjectURL(new Blob([shownSvg()], { type: "image/svg+xml" }));
  const image = new Image();
  image.onload = () => {
    const box = stage.svg.viewBox.baseVal;
    const scale = Math.min(2.5, 8000 / Math.max(box.width, box.height));
    const canvas = document.createElement("canvas");
    canvas.width = Math.round(box.width * scale);
    canvas.height = Math.round(box.height * scale);
    canvas.getContext("2d").drawImage(image, 0, 0, canvas.width, canvas.height);
    URL.revokeObjectURL(url);
    canvas.toBlob((blob) => saveFile("topology_map.png", blob), "image/png");
  };
  image.src = url;
}

function saveCsv() {
  const head = ["source", "target", "status", "weight", "source_label", "target_label", "source_year", "target_year", "pages"];
  const rows = [...stage.shown.lines].sort((a, b) => a - b).map((place) => {
    const line = LINES[place];
    const [source, target] = [NODES[line.source], NODES[line.target]];
    return [source.id, target.id, line.status, quotesOf(line).length, source.label, target.label,
      yearOf(source) ?? "", yearOf(target) ?? "", pagesOf(line).join("; ")];
  });
  const text = [head, ...rows].map((row) => row.map(csvCell).join(",")).join("\n");
  saveFile("topology_map.csv", new Blob([`${text}\n`], { type: "text/csv" }));
}

function csvCell(value) {
  const text = typeof value === "string" && FORMULA.test(value) ? `'${value}` : String(value);
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
