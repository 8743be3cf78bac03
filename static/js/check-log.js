/* Checks one person's file of the log with WebCrypto, as docs/log-format.md says, and puts the findings
   on the page. "Checking in the browser" there tells a page how to use it.

   window.checkLog(file, {key, own, since, entries}) resolves to findings {name, outcome, detail}:
     outcome is "true", "false" or "open" (not checked);
     key is the log's key (name+id+base64) as the page gives it, own the one that the reader has from
     elsewhere (without it the log agrees with itself only), since a signed checkpoint that was kept,
     entries(number, width) resolves to the bytes of a bundle of entries (tlog-tiles). */
(function () {
  "use strict";
  const ENTRY =
    /^\{"c":"([A-Za-z0-9+/]{43}=)","id":"([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})","t":"([A-Za-z0-9+/]{21}[AQgw]==)","v":1\}$/;
  const NUMBER = /^(?:0|[1-9][0-9]{0,15})$/;
  const FORMAT = "confidential-log-client/1";
  const STORE = "kept-checkpoint";
  const WIDE = 256;
  const MOST_BUNDLES = 200; // some 50 000 entries: a few seconds on a phone
  const subtle = window.crypto && window.crypto.subtle;
  const utf8 = new TextEncoder();

  class Wrong extends Error {}
  const must = (condition, words) => {
    if (!condition) throw new Wrong(words);
  };

  // ------------------------------------------------------------ bytes

  function unbase64(text) {
    must(typeof text === "string" && /^[A-Za-z0-9+/]*={0,2}$/.test(text) && text.length % 4 === 0, "base64");
    const bytes = Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
    must(base64(bytes) === text, "base64");
    return bytes;
  }
  const base64 = (bytes) => btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(""));
  const hex = (bytes) => Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
  const equal = (a, b) => a.length === b.length && a.every((byte, at) => byte === b[at]);

  function join(...parts) {
    const all = new Uint8Array(parts.reduce((length, part) => length + part.length, 0));
    let at = 0;
    for (const part of parts) {
      all.set(part, at);
      at += part.length;
    }
    return all;
  }

  function number(text) {
    must(NUMBER.test(text) && Number.isSafeInteger(Number(text)), "number");
    return Number(text);
  }

  // ------------------------------------------------------------ tree (RFC 6962)

  const sha256 = async (bytes) => new Uint8Array(await subtle.digest("SHA-256", bytes));
  const leafHash = (entry) => sha256(join([0], entry));
  const nodeHash = (left, right) => sha256(join([1], left, right));
  const half = (value) => Math.floor(value / 2); // sizes may be above 2^31

  async function rootOf(hashes) {
    while (hashes.length > 1) {
      const pairs = [];
      for (let at = 0; at < hashes.length; at += 2) pairs.push(hashes.slice(at, at + 2));
      hashes = await Promise.all(pairs.map(([a, b]) => (b ? nodeHash(a, b) : a)));
    }
    return hashes.length ? hashes[0] : sha256(new Uint8Array());
  }

  /* For each hash of a path of this length, whether it stands on the left (RFC 9162, 2.1.3.2). */
  function sides(position, last, count) {
    const found = [];
    while (last > 0) {
      const left = position % 2 === 1 || position === last;
      found.push(left);
      while (left && position > 0 && position % 2 === 0) [position, last] = [half(position), half(last)];
      [position, last] = [half(position), half(last)];
    }
    must(found.length === count, "length of a proof");
    return found;
  }

  const allHashes = (...hashes) => hashes.every((hash) => hash.length === 32);

  async function verifyInclusion(index, size, leaf, proof, root) {
    must(Number.isSafeInteger(index) && index >= 0 && index < size, "index");
    must(allHashes(leaf, root, ...proof), "length of a hash");
    const left = sides(index, size - 1, proof.length);
    let hash = leaf;
    for (const [at, other] of proof.entries()) {
      hash = await (left[at] ? nodeHash(other, hash) : nodeHash(hash, other));
    }
    must(equal(hash, root), "another root");
  }

  async function verifyConsistency(old, size, proof, oldRoot, root) {
    must(Number.isSafeInteger(old) && old > 0 && old <= size, "sizes");
    if (old === size) return must(proof.length === 0 && equal(oldRoot, root), "two roots for one size");
    must(proof.length > 0 && allHashes(oldRoot, root, ...proof), "hashes of a proof");
    let [position, last] = [old - 1, size - 1];
    while (position % 2 === 1) [position, last] = [half(position), half(last)];
    // Where the old tree is one whole subtree, its root begins the path and is not sent along.
    const [first, ...rest] = position === 0 ? [oldRoot, ...proof] : proof;
    const left = sides(position, last, rest.length);
    let [before, after] = [first, first];
    for (const [at, other] of rest.entries()) {
      if (left[at]) before = await nodeHash(other, before);
      after = await (left[at] ? nodeHash(other, after) : nodeHash(after, other));
    }
    must(equal(before, oldRoot) && equal(after, root), "another root");
  }

  // ------------------------------------------------------------ checkpoints (C2SP)

  async function readKey(text) {
    const [name, id, ...rest] = String(text).trim().split("+");
    const raw = unbase64(rest.join("+"));
    must(name && raw.length === 33 && raw[0] === 1, "key");
    const hash = await sha256(join(utf8.encode(name + "\n"), raw));
    must(hex(hash.slice(0, 4)) === id, "key");
    return { name, id, idBytes: hash.slice(0, 4), raw: raw.slice(1) };
  }

  /* The checkpoint in a signed note, and the log's signature below it, not yet checked. */
  function readCheckpoint(note, key) {
    // eslint-disable-next-line no-control-regex
    must(typeof note === "string" && note.length < 1000000 && !/[\0-\x09\x0b-\x1f]/.test(note), "note");
    const at = note.lastIndexOf("\n\n");
    const lines = note.slice(at + 2).split("\n");
    must(at > 0 && lines.length > 1 && lines.pop() === "", "note");
    const text = note.slice(0, at + 1);
    const [origin, size, root, ...more] = text.split("\n");
    must(more.length > 0 && more.slice(0, -1).every(Boolean) && origin === key.name, "checkpoint");
    const checkpoint = { text, size: number(size), root: unbase64(root), signatures: [] };
    must(checkpoint.root.length === 32, "root");
    for (const line of lines) {
      const [dash, name, encoded, ...others] = line.split(" ");
      must(dash === "\u2014" && name && encoded && others.length === 0, "signature");
      const raw = unbase64(encoded);
      if (name === key.name && equal(raw.slice(0, 4), key.idBytes)) checkpoint.signatures.push(raw.slice(4));
    }
    must(checkpoint.signatures.length > 0, "not signed");
    return checkpoint;
  }

  /* True; false; or null where this browser does not know Ed25519. */
  async function isSigned(checkpoint, key) {
    let imported;
    try {
      imported = await subtle.importKey("raw", key.raw, { name: "Ed25519" }, false, ["verify"]);
    } catch {
      return null;
    }
    const text = utf8.encode(checkpoint.text);
    for (const signature of checkpoint.signatures) {
      if (!(await subtle.verify({ name: "Ed25519" }, imported, signature, text))) return false;
    }
    return true;
  }

  // ------------------------------------------------------------ one person's events

  async function macOf(bytes) {
    must(bytes.length === 32, "key");
    const algorithm = { name: "HMAC", hash: "SHA-256" };
    const key = await subtle.importKey("raw", bytes, algorithm, false, ["sign"]);
    return async (text) => new Uint8Array(await subtle.sign("HMAC", key, utf8.encode(text)));
  }

  async function checkEvent(item, checkpoint, commit, tag) {
    const match = ENTRY.exec(item.entry);
    must(match, "entry");
    if (item.event === null) must(tag, "text"); // removed when its time was over: the leaf is left
    else {
      must(base64(await commit(item.event)) === match[1], "text");
      must(JSON.parse(item.event).id === match[2], "id");
    }
    if (tag) {
      must(Number.isSafeInteger(item.n), "counter");
      must((await tag(item.n)) === match[3], "counter");
    }
    const leaf = await leafHash(utf8.encode(item.entry));
    await verifyInclusion(item.index, checkpoint.size, leaf, item.proof.map(unbase64), checkpoint.root);
  }

  /* The spans of leaves whose roots are the hashes of a path that stand on the right of a leaf. */
  function spansOnTheRight(index, size) {
    const spans = [];
    let [low, high] = [0, size];
    while (high - low > 1) {
      let middle = 1;
      while (middle * 2 < high - low) middle *= 2;
      middle += low;
      if (index < middle) {
        spans.unshift([middle, high]);
        high = middle;
      } else {
        spans.unshift(null); // stands on the left
        low = middle;
      }
    }
    return spans;
  }

  /* Whether no leaf after the last of the person's bears the next tag; null: too many, or unreadable.
     What was fetched need not be trusted: it must come to the hashes of a proof that was checked. */
  async function nothingLater(last, next, checkpoint, entries) {
    const start = last ? last.index + 1 : 0;
    const firstBundle = Math.floor(start / WIDE);
    const end = Math.ceil(checkpoint.size / WIDE);
    if (!entries || end - firstBundle > MOST_BUNDLES) return null;
    const later = [];
    for (let bundle = firstBundle; bundle < end; bundle += 1) {
      const width = Math.min(WIDE, checkpoint.size - bundle * WIDE);
      const raw = await entries(bundle, width);
      let at = 0;
      for (let count = 0; count < width; count += 1) {
        const length = raw[at] * 256 + raw[at + 1];
        must(at + 2 + length <= raw.length, "bundle");
        if (bundle * WIDE + count >= start) later.push(raw.slice(at + 2, at + 2 + length));
        at += 2 + length;
      }
    }
    const hashes = await Promise.all(later.map(leafHash));
    if (last) {
      for (const [at, span] of spansOnTheRight(last.index, checkpoint.size).entries()) {
        if (!span) continue;
        const root = await rootOf(hashes.slice(span[0] - start, span[1] - start));
        must(equal(root, unbase64(last.proof[at])), "entries");
      }
    } else must(equal(await rootOf(hashes), checkpoint.root), "entries");
    const decoder = new TextDecoder();
    return later.every((entry) => (ENTRY.exec(decoder.decode(entry)) || [])[3] !== next);
  }

  // ------------------------------------------------------------ all of it

  async function checkLog(file, options = {}) {
    const findings = [];
    const say = (name, outcome, detail = {}) => findings.push({ name, outcome, detail });
    const judge = (name, outcome, detail) => say(name, outcome === null ? "open" : String(outcome), detail);
    if (!subtle) {
      say("browser", "open");
      return findings;
    }
    let checkpoint;
    try {
      must(file && file.format === FORMAT && Array.isArray(file.events), "format");
      const key = await readKey(options.key);
      checkpoint = readCheckpoint(file.checkpoint, key);
      const signed = await isSigned(checkpoint, key);
      judge("signature", signed, { size: checkpoint.size, id: key.id });
      if (signed === false) return findings;
      await checkOwnKey(String(options.own || "").replace(/\s/g, ""), String(options.key).trim(), key, judge);
      await checkSince(file, checkpoint, key, options.since, judge);
      await checkEvents(file, checkpoint, options.entries, judge);
    } catch (fault) {
      say("file", "false", { why: String(fault.message) });
    }
    return findings;
  }

  /* Only another whole key is an alarm: from its short form, or a slip, nothing follows. */
  async function checkOwnKey(own, whole, key, judge) {
    if (own === whole) return judge("key", true);
    const short = own && [key.id, `${key.name}+${key.id}`].includes(own);
    const other = own && !short && (await readKey(own).catch(() => null));
    if (own && !other) judge(short ? "key-short" : "key-form", null);
    return judge("key", other ? false : null);
  }

  async function checkSince(file, checkpoint, key, since, judge) {
    if (!since) return judge("since", null);
    const old = readCheckpoint(since, key);
    if ((await isSigned(old, key)) === false) return judge("since", null);
    const detail = { size: old.size };
    try {
      const given = old.size === checkpoint.size ? { proof: [] } : file.consistency;
      // A log that goes on can always show it: to be silent about it is as bad as a false proof.
      must(old.size === 0 || (given && (given.from || old.size) === old.size), "no proof");
      const proof = old.size ? given.proof.map(unbase64) : [];
      if (old.size > 0) await verifyConsistency(old.size, checkpoint.size, proof, old.root, checkpoint.root);
      return judge("since", true, detail);
    } catch {
      return judge("since", false, detail);
    }
  }

  async function checkEvents(file, checkpoint, entries, judge) {
    const commit = await macOf(unbase64(file.keys.commit));
    const tagKey = file.complete === true ? unbase64(file.keys.tag) : null;
    const tagged = tagKey && (await macOf(tagKey));
    const tag = tagged && (async (n) => base64((await tagged(String(n))).slice(0, 16)));
    const checks = await Promise.allSettled(
      file.events.map((item) => checkEvent(item, checkpoint, commit, tag)),
    );
    const bad = file.events.filter((_, at) => checks[at].status === "rejected");
    const leaves = bad.map((item) => item && item.index).join(", ");
    judge("events", bad.length === 0, { count: file.events.length, bad: bad.length, leaves, items: bad });
    const gone = file.events.filter((item) => item && item.event === null).length;
    if (gone) judge("removed", null, { count: gone });
    if (!tag) return judge("complete", null);
    if (bad.length) return undefined;
    const ordered = [...file.events].sort((a, b) => a.n - b.n);
    const whole = ordered.every((item, at) => item.n === at && (at === 0 || ordered[at - 1].index < item.index));
    const gap = ordered.findIndex((item, at) => item.n !== at);
    const id = hex((await sha256(tagKey)).slice(0, 8)); // whoever has earlier files compares it
    judge("complete", whole, { count: ordered.length, number: gap < 0 ? "" : gap, id });
    if (!whole) return undefined;
    try {
      const next = await tag(ordered.length);
      return judge("later", await nothingLater(ordered.at(-1), next, checkpoint, entries));
    } catch (fault) {
      return judge("later", fault instanceof Wrong ? false : null);
    }
  }

  window.checkLog = Object.assign(checkLog, { verifyInclusion, verifyConsistency, readCheckpoint, readKey, STORE });
})();
