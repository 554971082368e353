// The terminal of a session: what is typed goes to the server, and what it sends is drawn.
//
// A socket has the address of its page, with the size of the terminal: binary messages are what a terminal
// sends and is sent, a text is a new size. When it has closed, the reason is told in one line, and Enter
// opens another.

import { Terminal } from "./xterm/xterm.mjs";
import { FitAddon } from "./xterm/addon-fit.mjs";

const LEAST_COLUMNS = 80, LEAST_ROWS = 24, MOST_COLUMNS = 500, MOST_ROWS = 200;
const LARGEST = 15, SMALLEST = 5; // Of the font, in pixels of CSS.
const SLICE = 2048; // Characters of a message: at most 8 KiB in UTF-8.
const MOST_COPIED = 4_000_000; // Characters of base64; the server sends a third of it at most.
const THEMES = {
  dark: { background: "#101010", foreground: "#e5e5e5", cursor: "#e5e5e5", selectionBackground: "#4a5a78" },
  light: { background: "#ffffff", foreground: "#000000", cursor: "#000000", selectionBackground: "#b4d5fe" },
};
const SEQUENCES = {
  Escape: "\x1b", Tab: "\t", Enter: "\r",
  ArrowUp: "\x1b[A", ArrowDown: "\x1b[B", ArrowRight: "\x1b[C", ArrowLeft: "\x1b[D",
};

const texts = document.body.dataset;
const find = (id) => document.getElementById(id);
const light = matchMedia("(prefers-color-scheme: light)");
const touch = matchMedia("(pointer: coarse)");
const encoder = new TextEncoder();
const theme = () => (light.matches ? THEMES.light : THEMES.dark);

const terminal = new Terminal({
  fontFamily: '"DejaVu Sans Mono", Menlo, "Cascadia Mono", Consolas, "Liberation Mono", "Noto Sans Mono CJK SC", ui-monospace, monospace',
  fontSize: LARGEST,
  theme: theme(),
  scrollback: 0,
  macOptionClickForcesSelection: true,
});
const fit = new FitAddon();
terminal.loadAddon(fit);
terminal.open(find("terminal"));

let socket = null;

// The line below the terminal, with a button in it or without.

function say(text, label = "", act = null) {
  const button = find("act");
  find("text").textContent = text;
  button.textContent = label;
  button.hidden = !act;
  button.onclick = act;
  find("line").classList.toggle("said", text !== "");
}

// The largest font in which the smallest screen of the program has room.

function measure() {
  for (let size = LARGEST; ; size--) {
    if (terminal.options.fontSize !== size) terminal.options.fontSize = size;
    const room = fit.proposeDimensions();
    if (!room || !room.cols || !room.rows) return;
    if (size > SMALLEST && (room.cols < LEAST_COLUMNS || room.rows < LEAST_ROWS)) continue;
    const columns = Math.min(room.cols, MOST_COLUMNS), rows = Math.min(room.rows, MOST_ROWS);
    if (columns !== terminal.cols || rows !== terminal.rows) terminal.resize(columns, rows);
    Object.assign(find("terminal").dataset, { columns, rows });
    return;
  }
}

let measuring = 0;
new ResizeObserver(() => {
  cancelAnimationFrame(measuring);
  measuring = requestAnimationFrame(measure);
}).observe(find("terminal"));

// A keyboard on the screen covers a part of the page, in some browsers without a change of its size.
visualViewport?.addEventListener("resize", () => {
  const covered = visualViewport.scale === 1 && visualViewport.height < innerHeight;
  document.body.style.height = covered ? `${visualViewport.height}px` : "";
});

// The connection.

function isOpen() {
  return socket !== null && socket.readyState === WebSocket.OPEN;
}

function connect() {
  if (socket !== null && socket.readyState <= WebSocket.OPEN) return;
  terminal.reset();
  say("");
  const address = new URL(location.href);
  address.protocol = address.protocol.replace("http", "ws");
  address.hash = "";
  address.searchParams.set("columns", terminal.cols);
  address.searchParams.set("rows", terminal.rows);
  const mine = (socket = new WebSocket(address));
  let opened = false;
  mine.binaryType = "arraybuffer";
  mine.onopen = () => {
    opened = true;
    tellSize(); // It may have changed since.
  };
  mine.onmessage = (event) => terminal.write(new Uint8Array(event.data));
  mine.onclose = (event) => {
    const told = { 1000: texts.ended, 1001: texts.server, 1013: texts.refused }; // RFC 6455, 7.4.1
    const why = told[event.code] ?? (opened ? texts.lost : texts.away);
    terminal.write("\x1b[?1000l\x1b[?2004l\x1b[?25l", () => say(why, "Enter", connect)); // Behind what was sent.
  };
}

function send(data) {
  if (isOpen()) {
    for (let begin = 0, end; begin < data.length; begin = end) {
      end = begin + SLICE;
      if (/[\ud800-\udbff]/.test(data[end - 1] ?? "")) end++; // Not between the halves of a character.
      socket.send(encoder.encode(data.slice(begin, end)));
    }
  } else if (data === "\r") {
    connect();
  }
}

function tellSize() {
  if (isOpen()) socket.send(`${terminal.cols}x${terminal.rows}`);
}

terminal.onData(send);
terminal.onResize(tellSize);

// Colours: the terminal answers the question for its ground by itself; of a change it tells unasked.

light.addEventListener("change", () => {
  terminal.options.theme = theme();
  const parts = theme().background.slice(1).match(/../g);
  if (isOpen()) send(`\x1b]11;rgb:${parts.map((part) => part + part).join("/")}\x1b\\`);
});

// Text for the clipboard (OSC 52). It is never read.

async function copy(text) {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    const field = document.createElement("textarea");
    field.value = text;
    document.body.append(field);
    field.select();
    const done = document.execCommand("copy");
    field.remove();
    terminal.focus();
    return done;
  }
}

terminal.parser.registerOscHandler(52, (data) => {
  const coded = data.slice(data.indexOf(";") + 1);
  if (coded.length > MOST_COPIED) return true;
  let text;
  try {
    text = new TextDecoder().decode(Uint8Array.from(atob(coded), (octet) => octet.charCodeAt(0)));
  } catch {
    return true; // A question for what is in there ("?"), or no base64.
  }
  copy(text).then((done) => {
    if (!done) say(texts.copy, texts.copyNow, () => copy(text).then((now) => now && say("")));
  });
  return true;
});

// Keys.

terminal.attachCustomKeyEventHandler((event) => {
  const control = event.ctrlKey || event.metaKey;
  if (control && event.key === "c" && terminal.hasSelection()) return false; // Copies what is selected.
  return !["F5", "F11", "F12"].includes(event.key);
});

for (const button of find("keys").querySelectorAll("[data-key]")) {
  const data = SEQUENCES[button.dataset.key] ?? button.dataset.key;
  button.addEventListener("pointerdown", (event) => event.preventDefault()); // The focus stays.
  button.addEventListener("click", () => send(data));
}

function showKeyboard(shown) {
  terminal.textarea.inputMode = shown ? "text" : "none";
  find("keyboard").setAttribute("aria-pressed", shown);
  terminal.blur();
  terminal.focus();
}

find("keyboard").onclick = () => showKeyboard(terminal.textarea.inputMode === "none");
for (const name of ["autocapitalize", "autocomplete", "autocorrect"]) terminal.textarea.setAttribute(name, "off");

find("aloud").onclick = () => {
  const aloud = !terminal.options.screenReaderMode;
  terminal.options.screenReaderMode = aloud;
  find("aloud").setAttribute("aria-pressed", aloud);
  terminal.focus();
};

if (touch.matches) showKeyboard(false);
else terminal.focus();
measure();
connect();
