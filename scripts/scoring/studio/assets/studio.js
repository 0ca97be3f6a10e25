// What the grid needs in the browser. Cells, options and messages are put in as text, never as HTML.

/** An input with the values that the data or other tables have, filtered as one types. */
class StudioEditor {
  init(params) {
    this.box = document.createElement("div");
    this.box.className = "studio-editor";
    this.box.style.minWidth = `${Math.max(params.column.getActualWidth(), 120)}px`;
    this.input = document.createElement("input");
    this.input.setAttribute("aria-label", params.colDef.headerName);
    this.list = document.createElement("ul");
    this.box.append(this.input, this.list);
    this.offers = StudioEditor.offersFor(params);
    this.isList = params.colDef.field === "value" && params.data.operator === "in";
    const typed = params.eventKey && params.eventKey.length === 1;
    const isEmptied = params.eventKey === "Backspace" || params.eventKey === "Delete";
    this.input.value = typed ? params.eventKey : isEmptied ? "" : (params.value ?? "");
    this.isTyped = typed || isEmptied;
    this.chosen = -1;
    this.input.addEventListener("input", () => {
      this.isTyped = true;
      this.chosen = -1;
      this.show();
    });
    this.input.addEventListener("keydown", (event) => this.move(event));
    this.stop = () => params.stopEditing();
    this.show();
  }

  static offersFor(params) {
    if (!params.by) return params.offers ?? [];
    const found = (params.offersBy ?? []).find(([of]) => of === params.data[params.by]);
    return found ? found[1] : [];
  }

  /** What is typed, of a list of values the part after the last bar. */
  part() {
    const text = this.input.value;
    return this.isList ? text.slice(text.lastIndexOf("|") + 1) : text;
  }

  show() {
    const asked = this.isTyped ? this.part().trim().toLowerCase() : "";
    this.shown = this.offers.filter(([value]) => value.toLowerCase().includes(asked)).slice(0, 100);
    this.list.replaceChildren(
      ...this.shown.map(([value, note], place) => {
        const item = document.createElement("li");
        const name = document.createElement("span");
        name.textContent = value;
        const told = document.createElement("small");
        told.textContent = note;
        item.append(name, told);
        item.addEventListener("mousedown", (event) => {
          event.preventDefault();
          this.choose(place);
          if (!this.isList) this.stop();
        });
        return item;
      }),
    );
    this.list.hidden = !this.shown.length;
  }

  move(event) {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (!step || !this.shown.length) return;
    event.preventDefault();
    event.stopPropagation();
    this.choose((this.chosen + step + this.shown.length) % this.shown.length);
  }

  choose(place) {
    this.chosen = place;
    const text = this.input.value;
    const before = this.isList ? text.slice(0, text.lastIndexOf("|") + 1) : "";
    this.input.value = before + this.shown[place][0];
    [...this.list.children].forEach((item, at) => {
      item.classList.toggle("chosen", at === place);
      if (at === place) item.scrollIntoView({ block: "nearest" });
    });
  }

  getGui() {
    return this.box;
  }

  afterGuiAttached() {
    this.input.focus();
    if (!this.isTyped) this.input.select();
  }

  getValue() {
    return this.input.value;
  }

  isPopup() {
    return true;
  }
}

const Studio = {
  /** The grid that is shown. */
  api: null,

  ready(event) {
    Studio.api = event.api;
    if (window.innerWidth < 1600) return;
    const wide = event.api.getColumns().filter((column) => column.getColDef().context?.wide);
    event.api.setColumnWidths(
      wide.map((column) => ({ key: column, newWidth: column.getColDef().context.wide })),
    );
  },

  /** The finding of a cell: [severity, message]. */
  finding: (cell) => cell.data?._findings?.[cell.colDef.field],

  cellClass(cell) {
    const found = Studio.finding(cell);
    const of = cell.colDef.editable ? "" : "studio-read-only";
    return [of, found ? `studio-${found[0]}` : ""].filter(Boolean);
  },

  /** What was found of a cell; else what stands there, where that is longer than the column. */
  tooltip(cell) {
    const room = cell.column.getActualWidth() / 7;
    const isCut = typeof cell.value === "string" && cell.value.length > room - 1;
    return Studio.finding(cell)?.[1] ?? (isCut ? cell.value : undefined);
  },

  /** Numbers by their size, before texts by their letters; empty cells last. */
  compare(one, other) {
    if (!one || !other) return !one - !other;
    const difference = Number(one) - Number(other);
    return Number.isNaN(difference) ? String(one).localeCompare(String(other)) : difference;
  },

  model: (cell) => (cell.data?._is_champion ? `${cell.value} ★` : cell.value),

  percent: (cell) => (cell.value == null ? "" : `${(100 * cell.value).toFixed(1)}%`),

  number: (cell) => (cell.value == null ? "" : cell.value.toLocaleString("en")),

  leads: (bar) => bar.value.toLocaleString("en"),

  focused(event) {
    const node = event.api.getDisplayedRowAtIndex(event.rowIndex ?? -1);
    if (node) emitEvent("studio_focused", { row: node.id });
  },

  selected(event) {
    emitEvent("studio_selected", { rows: event.api.getSelectedNodes().map((node) => node.id) });
  },

  /** Keep the row that one is in within sight, as the list of findings grows. */
  resized(event) {
    const cell = event.api.getFocusedCell();
    if (cell) event.api.ensureIndexVisible(cell.rowIndex);
  },

  /** Offer other values in the columns of a grid, to cells that are edited from now on. */
  offer(grid, offered) {
    const api = getElement(grid)?.api;
    for (const [column, params] of offered) {
      const of = api?.getColumn(column)?.getColDef();
      if (of) of.cellEditorParams = params;
    }
  },

  /** Put a block of cells, as spreadsheets copy it, where one is and to the right and below. */
  paste(text) {
    const from = Studio.api.getFocusedCell();
    const shown = Studio.api.getAllDisplayedColumns();
    const columns = shown.slice(shown.indexOf(from.column)).map((column) => column.getColDef());
    const editable = columns.filter((of) => of.editable).map((of) => of.field);
    const rows = text.replace(/\r?\n$/, "").split(/\r?\n/).map((line, place) => [
      Studio.api.getDisplayedRowAtIndex(from.rowIndex + place)?.id ?? null,
      line.split("\t").slice(0, editable.length).map((cell, at) => [editable[at], cell]),
    ]);
    emitEvent("studio_pasted", { rows });
  },

  /** Go to a cell, and begin to edit it where asked to. */
  go(grid, row, column, edit) {
    setTimeout(() => {
      const api = getElement(grid)?.api;
      let node = api?.getRowNode(String(row));
      if (node && node.rowIndex === null) {
        api.setFilterModel(null);
        node = api.getRowNode(String(row));
      }
      if (!node) return;
      api.ensureNodeVisible(node);
      api.ensureColumnVisible(column);
      api.setFocusedCell(node.rowIndex, column);
      if (edit) api.startEditingCell({ rowIndex: node.rowIndex, colKey: column });
    }, 50);
  },
};

// Keys that work wherever one is, but for undo within a text that is being typed.
document.addEventListener("keydown", (event) => {
  const isTyping = event.target.matches?.("input, textarea, [contenteditable=true]");
  const key = event.key.toLowerCase();
  const control = event.ctrlKey || event.metaKey;
  let asked = null;
  if (control && key === "s") asked = "save";
  else if (isTyping) return;
  else if (control && (key === "y" || (key === "z" && event.shiftKey))) asked = "redo";
  else if (control && key === "z") asked = "undo";
  else if (control && key === "d") asked = "copy";
  else if (control && key === "delete") asked = "delete";
  else if (key === "insert") asked = "add";
  if (!asked) return;
  event.preventDefault();
  event.stopPropagation();
  if (asked === "save") Studio.api?.stopEditing();
  emitEvent("studio_key", { asked });
}, true);

document.addEventListener("paste", (event) => {
  const isTyping = event.target.matches?.("input, textarea, [contenteditable=true]");
  const isInCell = document.activeElement.closest?.(".studio-grid .ag-cell");
  if (isTyping || !isInCell || !Studio.api?.getFocusedCell()) return;
  event.preventDefault();
  Studio.paste(event.clipboardData.getData("text/plain"));
});
