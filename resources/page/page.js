"use strict";
(() => {
  const $ = (id) => document.getElementById(id);
  const data = JSON.parse($("data").textContent);
  const audio = $("audio");
  const lines = [...document.querySelectorAll("#lines li[data-from]")].map((item) => ({
    item,
    from: Number(item.dataset.from),
    to: Number(item.dataset.to),
    text: item.querySelector(".text"),
  }));

  // --- session time and the files' own time ---------------------------------------------------

  let playing = 0; // index of the file in the player
  let wanted = null; // where to go once a file is open

  const spans = data.files.flatMap((file, index) => file.spans.map((span) => ({ ...span, file: index })));

  // Where a moment of session time lies; in a gap, the moment after it.
  function place(session) {
    for (const span of spans) {
      if (session < span.start_s + span.duration_s) {
        return { file: span.file, at: span.at_s + Math.max(0, session - span.start_s) };
      }
    }
    const last = spans[spans.length - 1];
    return { file: last.file, at: last.at_s + last.duration_s };
  }

  function sessionTime() {
    const at = wanted === null ? audio.currentTime : wanted;
    let session = 0;
    for (const span of spans) {
      if (span.file < playing || (span.file === playing && at >= span.at_s - 0.001)) {
        const inside = span.file < playing ? span.duration_s : Math.min(at - span.at_s, span.duration_s);
        session = span.start_s + Math.max(0, inside);
      }
    }
    // Silence that was inserted lies behind its span.
    const here = spans.filter((span) => span.file === playing && span.at_s <= at).pop();
    if (here && at > here.at_s + here.duration_s) session += at - here.at_s - here.duration_s;
    return Math.min(session, data.duration_s);
  }

  function open(index, at, play) {
    playing = index;
    wanted = at;
    audio.src = whole.get(index) || data.files[index].src;
    audio.playbackRate = Number($("speed").value);
    if (play) audio.play().catch(() => {});
  }

  // A host that knows no ranges lets a browser play, but not jump: from such a one a file is
  // loaded whole.
  const whole = new Map();
  let loading = -1;

  function go(at) {
    const ends = audio.seekable.length ? audio.seekable.end(audio.seekable.length - 1) : 0;
    const served = location.protocol.startsWith("http");
    if (!served || whole.has(playing) || at < ends + 0.5) {
      wanted = null;
      audio.currentTime = at;
    } else {
      wanted = at;
      if (loading !== playing) load(playing);
    }
  }

  async function load(index) {
    loading = index;
    const file = data.files[index];
    tell(`This host can only play from the beginning: to jump, all ${Math.ceil(file.bytes / 1e6)} MB are loaded first\u2026`);
    try {
      const answer = await fetch(file.src);
      if (!answer.ok) throw new Error(`the server answered ${answer.status}`);
      whole.set(index, URL.createObjectURL(await answer.blob()));
      tell("");
      if (playing === index) open(index, wanted, !audio.paused);
    } catch (error) {
      wanted = null;
      tell(`It could not be loaded: ${error.message}. It still plays from the beginning.`);
    } finally {
      loading = -1;
    }
  }

  function tell(text) {
    $("trouble").hidden = !text;
    $("trouble").textContent = text;
  }

  function seek(session, play) {
    const target = place(Math.min(Math.max(0, session), data.duration_s));
    if (target.file !== playing) open(target.file, target.at, play || !audio.paused);
    else if (audio.readyState === 0) wanted = target.at;
    else go(target.at);
    if (play && target.file === playing) audio.play().catch(() => {});
    show();
  }

  // --- the player -----------------------------------------------------------------------------

  function clock(seconds) {
    const whole = Math.floor(seconds);
    const two = (number) => String(number).padStart(2, "0");
    const hours = Math.floor(whole / 3600);
    const rest = `${two(Math.floor(whole / 60) % 60)}:${two(whole % 60)}`;
    return hours ? `${hours}:${rest}` : rest;
  }

  let sounding = null;

  function show() {
    const now = sessionTime();
    $("now").textContent = clock(now);
    if (document.activeElement !== $("seek") || !dragging) $("seek").value = now;
    $("seek").setAttribute("aria-valuetext", `${clock(now)} of ${clock(data.duration_s)}`);
    heard.setAttribute("width", (now / data.duration_s) * 1000 || 0);
    const line = lineAt(now);
    if (line !== sounding) {
      if (sounding) sounding.item.classList.remove("now"), sounding.item.removeAttribute("aria-current");
      sounding = line;
      if (line) {
        line.item.classList.add("now");
        line.item.setAttribute("aria-current", "true");
        if ($("follow").checked && !audio.paused) reveal(line.item);
      }
      if ($("caption")) $("caption").textContent = line ? line.item.querySelector("span").textContent : "";
    }
  }

  function lineAt(now) {
    let low = 0;
    let high = lines.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (lines[middle].from <= now + 0.01) low = middle + 1;
      else high = middle;
    }
    const line = lines[low - 1];
    return line && now < line.to ? line : null;
  }

  function reveal(item) {
    const quiet = matchMedia("(prefers-reduced-motion: reduce)").matches;
    item.scrollIntoView({ block: "center", behavior: quiet ? "auto" : "smooth" });
  }

  const SVG = "http://www.w3.org/2000/svg";
  function bar(kind, from, width) {
    const rect = document.createElementNS(SVG, "rect");
    rect.setAttribute("class", kind);
    rect.setAttribute("x", (from / data.duration_s) * 1000 || 0);
    rect.setAttribute("width", Math.max(2, (width / data.duration_s) * 1000 || 0));
    rect.setAttribute("height", 10);
    $("strip").append(rect);
    return rect;
  }
  const heard = bar("heard", 0, 0);
  for (const gap of data.gaps) bar("gap", gap.from_s, gap.to_s - gap.from_s);
  for (const chapter of data.chapters) bar("chapter", chapter.at_s, 0);

  let dragging = false;
  $("seek").addEventListener("pointerdown", () => { dragging = true; });
  $("seek").addEventListener("pointerup", () => { dragging = false; });
  $("seek").addEventListener("input", () => seek(Number($("seek").value), false));
  const toggle = () => (audio.paused ? audio.play().catch(() => {}) : audio.pause());
  $("play").addEventListener("click", toggle);
  $("back").addEventListener("click", () => seek(sessionTime() - 15, false));
  $("ahead").addEventListener("click", () => seek(sessionTime() + 15, false));
  $("speed").addEventListener("change", () => { audio.playbackRate = Number($("speed").value); });
  audio.addEventListener("timeupdate", show);
  audio.addEventListener("seeked", show);
  audio.addEventListener("loadedmetadata", () => {
    if (wanted !== null) go(wanted);
    show();
  });
  audio.addEventListener("ended", () => {
    if (playing + 1 < data.files.length) open(playing + 1, 0, true);
  });
  audio.addEventListener("error", () => {
    tell("Your browser can't play this audio, or it isn't there. It can be downloaded below and played elsewhere.");
  });
  for (const event of ["play", "pause"]) {
    audio.addEventListener(event, () => {
      $("play").textContent = audio.paused ? "\u25B6" : "\u275A\u275A";
      $("play").setAttribute("aria-label", audio.paused ? "Play" : "Pause");
    });
  }

  if ($("captions")) {
    $("captions").addEventListener("change", () => { $("caption").hidden = !$("captions").checked; });
  }

  // --- transcript and chapters ----------------------------------------------------------------

  function listen(event, from) {
    event.preventDefault();
    history.replaceState(null, "", `#t=${from.toFixed(3)}`);
    seek(from, true);
  }
  for (const line of lines) {
    line.item.addEventListener("click", (event) => {
      if (String(getSelection())) return; // somebody copies words
      listen(event, line.from);
    });
  }
  for (const chapter of document.querySelectorAll(".chapters a")) {
    chapter.addEventListener("click", (event) => listen(event, Number(chapter.dataset.at)));
  }
  function byAddress() {
    const found = /^#t=(\d+(?:\.\d+)?)$/.exec(location.hash);
    if (found) seek(Number(found[1]), false);
  }
  addEventListener("hashchange", byAddress);

  // --- find -----------------------------------------------------------------------------------

  let marks = [];
  let at = -1;
  // Letters without their accents and case, each with its place in the text.
  function folded(text) {
    let plain = "";
    const places = [];
    let place = 0;
    for (const letter of text) {
      const bare = letter.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase();
      plain += bare;
      for (let n = 0; n < bare.length; n += 1) places.push(place);
      place += letter.length;
    }
    places.push(place);
    return { plain, places };
  }

  function unmark() {
    for (const line of lines) {
      if (line.text.firstElementChild) line.text.textContent = line.text.textContent;
    }
    marks = [];
    at = -1;
  }

  function find() {
    unmark();
    const needle = folded($("needle").value.trim()).plain;
    if (needle) for (const line of lines) markIn(line.text, needle);
    if (marks.length) step(1);
    else $("found").textContent = needle ? "nothing" : "";
  }

  function markIn(element, needle) {
    const text = element.textContent;
    const { plain, places } = folded(text);
    const pieces = [];
    let done = 0;
    for (let from = plain.indexOf(needle); from >= 0; from = plain.indexOf(needle, from + needle.length)) {
      const begin = places[from];
      let end = places[from + needle.length];
      while (end < text.length && /\p{M}/u.test(text[end])) end += 1;
      const mark = document.createElement("mark");
      mark.textContent = text.slice(begin, end);
      pieces.push(text.slice(done, begin), mark);
      marks.push(mark);
      done = end;
    }
    if (pieces.length) element.replaceChildren(...pieces, text.slice(done));
  }

  function step(by) {
    if (!marks.length) return;
    if (at >= 0) marks[at].classList.remove("here");
    at = (at + by + marks.length) % marks.length;
    marks[at].classList.add("here");
    $("found").textContent = `${at + 1} of ${marks.length}`;
    if ($("follow").checked && !audio.paused) $("follow").checked = false;
    reveal(marks[at]);
  }

  if ($("needle")) {
    $("needle").addEventListener("input", find);
    $("needle").addEventListener("keydown", (event) => {
      if (event.key === "Enter") step(event.shiftKey ? -1 : 1);
      if (event.key === "Escape") { $("needle").value = ""; find(); $("needle").blur(); }
    });
    $("previous").addEventListener("click", () => step(-1));
    $("next").addEventListener("click", () => step(1));
  }

  // --- keys -----------------------------------------------------------------------------------

  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.target.closest("select, input[type=search]")) return;
    const onControl = event.target.closest("button, a, input");
    const onSlider = event.target.closest("input[type=range]");
    if (event.key === " " && (!onControl || onSlider)) toggle();
    else if (event.key === "ArrowLeft" && !onSlider) seek(sessionTime() - 5, false);
    else if (event.key === "ArrowRight" && !onSlider) seek(sessionTime() + 5, false);
    else if (event.key === "/" && $("needle")) $("needle").focus();
    else if (event.key === "c" && $("captions")) $("captions").click();
    else return;
    event.preventDefault();
  });

  // --- SHA-256 (FIPS 180-4), for a browser offers its own only over https, and only at once -----

  const primes = (count) => {
    const found = [];
    for (let n = 2; found.length < count; n += 1) if (found.every((p) => n % p)) found.push(n);
    return found;
  };
  const fraction = (value) => ((value - Math.floor(value)) * 2 ** 32) | 0;
  const K = Int32Array.from(primes(64), (p) => fraction(Math.cbrt(p)));
  const H = Int32Array.from(primes(8), (p) => fraction(Math.sqrt(p)));

  class Sha256 {
    constructor() {
      this.state = H.slice();
      this.rest = new Uint8Array(64);
      this.held = 0;
      this.size = 0;
      this.words = new Int32Array(64);
    }
    update(bytes) {
      this.size += bytes.length;
      let from = 0;
      if (this.held) {
        from = Math.min(64 - this.held, bytes.length);
        this.rest.set(bytes.subarray(0, from), this.held);
        this.held += from;
        if (this.held < 64) return;
        this.block(this.rest, 0);
        this.held = 0;
      }
      for (; from + 64 <= bytes.length; from += 64) this.block(bytes, from);
      this.rest.set(bytes.subarray(from));
      this.held = bytes.length - from;
    }
    block(bytes, from) {
      const w = this.words;
      for (let n = 0, i = from; n < 16; n += 1, i += 4) {
        w[n] = (bytes[i] << 24) | (bytes[i + 1] << 16) | (bytes[i + 2] << 8) | bytes[i + 3];
      }
      for (let n = 16; n < 64; n += 1) {
        const x = w[n - 15];
        const y = w[n - 2];
        const s0 = ((x >>> 7) | (x << 25)) ^ ((x >>> 18) | (x << 14)) ^ (x >>> 3);
        const s1 = ((y >>> 17) | (y << 15)) ^ ((y >>> 19) | (y << 13)) ^ (y >>> 10);
        w[n] = (w[n - 16] + s0 + w[n - 7] + s1) | 0;
      }
      let [a, b, c, d, e, f, g, h] = this.state;
      for (let n = 0; n < 64; n += 1) {
        const S1 = ((e >>> 6) | (e << 26)) ^ ((e >>> 11) | (e << 21)) ^ ((e >>> 25) | (e << 7));
        const t1 = (h + S1 + ((e & f) ^ (~e & g)) + K[n] + w[n]) | 0;
        const S0 = ((a >>> 2) | (a << 30)) ^ ((a >>> 13) | (a << 19)) ^ ((a >>> 22) | (a << 10));
        const t2 = (S0 + ((a & b) ^ (a & c) ^ (b & c))) | 0;
        h = g; g = f; f = e; e = (d + t1) | 0; d = c; c = b; b = a; a = (t1 + t2) | 0;
      }
      const s = this.state;
      s[0] += a; s[1] += b; s[2] += c; s[3] += d; s[4] += e; s[5] += f; s[6] += g; s[7] += h;
    }
    hex() {
      const size = this.size;
      const tail = new Uint8Array(((this.held < 56 ? 64 : 128) - this.held));
      tail[0] = 0x80;
      const view = new DataView(tail.buffer);
      view.setUint32(tail.length - 8, Math.floor(size / 2 ** 29));
      view.setUint32(tail.length - 4, (size * 8) >>> 0);
      this.update(tail);
      return [...this.state].map((word) => (word >>> 0).toString(16).padStart(8, "0")).join("");
    }
  }

  const PIECE = 1 << 22;
  async function hashOf(blob, onProgress) {
    const digest = new Sha256();
    for (let from = 0; from < blob.size; from += PIECE) {
      digest.update(new Uint8Array(await blob.slice(from, from + PIECE).arrayBuffer()));
      onProgress(from / blob.size);
      await new Promise((next) => setTimeout(next)); // so that the page stays alive
    }
    return digest.hex();
  }

  async function hashOfAnswer(answer, size, onProgress) {
    const digest = new Sha256();
    const reader = answer.body.getReader();
    for (let done = 0; ;) {
      const piece = await reader.read();
      if (piece.done) return digest.hex();
      digest.update(piece.value);
      done += piece.value.length;
      onProgress(done / size);
    }
  }

  // --- check this audio -----------------------------------------------------------------------

  function say(kind, text) {
    $("progress").hidden = kind !== "";
    $("verdict").className = kind;
    $("verdict").textContent = text;
  }

  const progress = (share) => { $("progress").value = share; };

  async function checkHere() {
    $("check").disabled = true;
    say("", "Reading and hashing, in this browser\u2026");
    try {
      for (const file of data.files) {
        const answer = await fetch(file.src, { cache: "no-store" });
        if (!answer.ok) throw new Error(`the server answered ${answer.status}`);
        const hash = await hashOfAnswer(answer, file.bytes, progress);
        if (hash !== file.sha256) {
          say("trouble", `\u2717 ${file.src} is NOT the file that was published with this page. Its SHA-256 is ${hash}.`);
          return;
        }
      }
      say("fine", `\u2713 It is the very audio that was published with this page, byte for byte. SHA-256: ${data.files.map((file) => file.sha256).join(", ")}`);
    } catch (error) {
      say("trouble", location.protocol === "file:"
        ? "A page that lies on a disk may not read the file beside it. Choose the audio file here, and it is checked."
        : `It could not be read: ${error.message}.`);
      if (location.protocol === "file:") $("copy").focus();
    } finally {
      $("check").disabled = false;
    }
  }

  async function checkCopy() {
    const [copy] = $("copy").files;
    if (!copy) return;
    say("", `Reading and hashing ${copy.name}, in this browser\u2026`);
    const hash = await hashOf(copy, progress);
    const same = data.files.find((file) => file.sha256 === hash);
    if (same) say("fine", `\u2713 ${copy.name} is the very audio that was published with this page, byte for byte. SHA-256: ${hash}`);
    else say("trouble", `\u2717 ${copy.name} is NOT a file that was published with this page. Its SHA-256 is ${hash}.`);
  }

  $("check").addEventListener("click", checkHere);
  $("copy").addEventListener("change", checkCopy);

  // --- begin ----------------------------------------------------------------------------------

  audio.removeAttribute("controls");
  audio.hidden = true;
  for (const id of ["transport", "find", "following", "checking", "keys"]) if ($(id)) $(id).hidden = false;
  if (!$("follow")) {
    const follow = document.createElement("input");
    follow.id = "follow";
    follow.hidden = true;
    document.body.append(follow);
  }
  byAddress();
  show();
})();
