// packages/papermill-runner/src/action/papermill.ts
import { join as join3 } from "node:path";

// packages/papermill-runner/src/execute/execute-notebook.ts
import { dirname as dirname2, resolve as resolve2 } from "node:path";

// packages/papermill-runner/src/process/log-file.ts
import { open } from "node:fs/promises";
var TAIL_BYTES = 64 * 1024;
var LogFile = class _LogFile {
  #file;
  #left;
  #tail = Buffer.alloc(0);
  #cut = 0;
  #error;
  #writing = Promise.resolve();
  constructor(file, limit) {
    this.#file = file;
    this.#left = limit;
  }
  /** Makes the file, or empties it. Throws the error of the file system. */
  static async create(path, limit) {
    return new _LogFile(await open(path, "w"), limit);
  }
  /** What went wrong with writing, if anything did. */
  get error() {
    return this.#error;
  }
  /** Adds text behind all that was written before, which it waits for. */
  write(text) {
    this.#writing = this.#writing.then(() => this.#write(text));
    return this.#writing;
  }
  /** Writes the end of what did not fit, with a note where something is missing. */
  async close() {
    await this.#writing;
    if (this.#cut > 0) await this.#append(Buffer.from(`
[log cut here: ${this.#cut} bytes]
`));
    await this.#append(this.#tail);
    await this.#file.close();
  }
  async #write(text) {
    const bytes = typeof text === "string" ? Buffer.from(text) : text;
    const kept = bytes.subarray(0, this.#left);
    this.#left -= kept.length;
    await this.#append(kept);
    if (kept.length < bytes.length) {
      const rest = Buffer.concat([this.#tail, bytes.subarray(kept.length)]);
      this.#tail = Buffer.from(rest.subarray(-TAIL_BYTES));
      this.#cut += rest.length - this.#tail.length;
    }
  }
  async #append(bytes) {
    if (this.#error || bytes.length === 0) return;
    try {
      await this.#file.appendFile(bytes);
    } catch (error) {
      this.#error = error;
    }
  }
};

// packages/papermill-runner/src/execute/batch-system.ts
var WORDS = [
  {
    said: /exceeded (job )?memory limit|oom[-_ ]kill|out of memory/i,
    outcome: (line) => failed("out-of-memory", `Slurm ended the job for its memory (${line})`, "memory")
  },
  {
    said: /due to time limit/i,
    outcome: (line) => failed("timed-out", `Slurm ended the job at its time limit (${line})`, "time")
  },
  {
    said: /node failure|node_fail/i,
    outcome: (line) => failed("interrupted", `the node that ran the notebook failed (${line})`)
  },
  {
    said: /due to preemption/i,
    outcome: (line) => failed("interrupted", `Slurm gave the place to another job (${line})`)
  },
  {
    said: /cancelled at|has been revoked|job has been cancelled/i,
    outcome: (line) => ({
      state: "cancelled",
      message: `the job was cancelled in Slurm (${line})`
    })
  }
];
function endedByBatchSystem(said) {
  const lines = said.split("\n").filter((line) => /^(\d+: )?(srun|slurmstepd[\w.-]*): /.test(line));
  for (const { said: words2, outcome } of WORDS) {
    const line = lines.find((each) => words2.test(each));
    if (line !== void 0) return outcome(line.trim());
  }
  return void 0;
}
function failed(reason, message, limit) {
  const evidence = limit === void 0 ? {} : { limit: `${limit} of the batch system` };
  return { state: "failed", reason, message, evidence };
}

// packages/papermill-runner/src/execute/result.ts
var NotStarted = class extends Error {
};
function notStarted(message) {
  return { state: "failed", reason: "not-started", message };
}

// packages/papermill-runner/src/execute/decide.ts
function decide(told, ran) {
  const { last } = told;
  if (last && !(ran.launcher.length > 0 && wasSignalled(last))) return fromLastEvent(last);
  if (told.ending) return last ? fromLastEvent(last) : fromEnding(told.ending);
  const byBatchSystem = ran.launcher.length > 0 ? endedByBatchSystem(ran.said.end) : void 0;
  if (byBatchSystem) return byBatchSystem;
  return last ? fromLastEvent(last) : withoutLastWord(told, ran);
}
function wasSignalled({ event, ...last }) {
  if (event !== "failed" || !("evidence" in last)) return false;
  return last.evidence?.signal !== void 0;
}
function withoutLastWord(told, ran) {
  const end = told.end ?? { exitCode: null, signal: null };
  if (end.error) return notStarted(cannotStart(ran, end.error));
  if (told.late) return notStarted(tooLate(told.late, ran));
  if (!told.started) return notStarted(endedEarly(told, ran, end));
  return {
    state: "failed",
    reason: "kernel-died",
    message: `the Python program that ran the notebook ${endWords(end)}`,
    evidence: endEvidence(end)
  };
}
function fromLastEvent(last) {
  if (last.event === "failed") {
    const { reason, message, evidence } = last;
    return { state: "failed", reason, message, ...evidence && { evidence } };
  }
  return last.message === null ? { state: "succeeded" } : { state: last.state, message: last.message };
}
function fromEnding({ why, message, limit }) {
  if (why === "cancelled") return { state: "cancelled", message };
  return { state: "failed", reason: why, message, ...limit && { evidence: { limit } } };
}
function cannotStart({ python, launcher }, error) {
  const what = error.code === "ENOENT" ? "there is no such program" : error.message;
  const [launching] = launcher;
  return launching === void 0 ? `${python} can't be started: ${what}. Set \`python\` to the Python that has papermill` : `${launching} can't be started: ${what}. Install it, or change \`launcher\``;
}
var HANDS_ON = "A launcher has to hand on stdin and stdout as they come (`conda run` does with --no-capture-output, `docker run` with -i)";
function tooLate(late, { python, launcher, said }) {
  if (late === "ready") {
    return `${python} took too long to import papermill; see startTimeout, and the log`;
  }
  return `${launcher.join(" ")} did not start ${python} within limits.launch${quoted(said)}. Wait for longer, or ask for less. ${HANDS_ON}`;
}
function endedEarly({ alive }, { python, launcher, said }, end) {
  const program = launcher.length > 0 && !alive ? launcher.join(" ") : python;
  const words2 = `${program} ${endWords(end)} before the notebook started${quoted(said)}`;
  return launcher.length > 0 && end.exitCode === 0 ? `${words2}. ${HANDS_ON}` : words2;
}
function quoted({ lastWords }) {
  return lastWords === "" ? "" : `: ${lastWords}`;
}
function endWords({ exitCode, signal }) {
  if (signal !== null) return `was ended by ${signal}`;
  return exitCode === null ? "ended, and nobody saw how" : `exited with code ${exitCode}`;
}
function endEvidence({ exitCode, signal }) {
  return { ...signal !== null && { signal }, ...exitCode !== null && { exitCode } };
}

// packages/papermill-runner/src/execute/ending.ts
function endingOf(reason) {
  const { kind, name, message } = asRecord(reason);
  if (kind === "interrupted") {
    return {
      why: kind,
      message: sentence(message, "the host stopped before the notebook was done")
    };
  }
  if (kind === "timed-out" || name === "TimeoutError") {
    const text2 = sentence(message, "the job took longer than it may");
    return { why: "timed-out", message: text2, limit: "job" };
  }
  const text = name === "AbortError" ? "cancelled" : sentence(message, "cancelled");
  return { why: "cancelled", message: text };
}
function asRecord(reason) {
  if (typeof reason === "string") return { message: reason };
  return typeof reason === "object" && reason !== null ? reason : {};
}
function sentence(message, otherwise) {
  return typeof message === "string" && message !== "" ? message : otherwise;
}

// packages/papermill-runner/src/execute/timers.ts
var LONGEST_TIMER_MS = 2 ** 31 - 1;
var Timers = class {
  #timers = [];
  /** Does this in so many seconds; never with Infinity. */
  after(seconds, action) {
    if (seconds === Infinity) return void 0;
    const timer = setTimeout(action, Math.min(seconds * 1e3, LONGEST_TIMER_MS));
    this.#timers.push(timer);
    return timer;
  }
  clear() {
    for (const timer of this.#timers) clearTimeout(timer);
  }
};

// packages/papermill-runner/src/execute/conversation.ts
var MARGIN = 5;
var EXPORT_LIMIT = 60;
async function converse(process2, job, options) {
  const conversation = new Conversation(process2, job, options);
  const abort = () => conversation.abort();
  options.signal?.addEventListener("abort", abort, { once: true });
  if (options.signal?.aborted) abort();
  try {
    return await conversation.hold();
  } finally {
    options.signal?.removeEventListener("abort", abort);
  }
}
var Conversation = class {
  #process;
  #job;
  #options;
  #timers = new Timers();
  #cellSeconds = [];
  #told = { cellSeconds: this.#cellSeconds };
  #tooLate;
  constructor(process2, job, options) {
    this.#process = process2;
    this.#job = job;
    this.#options = options;
  }
  async hold() {
    const { launchLimit, startTimeout } = this.#options;
    if (launchLimit === void 0) this.#expect("ready", startTimeout);
    else this.#expect("alive", launchLimit);
    try {
      for await (const event of this.#process.events) {
        if (this.#hear(event) === "done") return this.#told;
      }
      this.#timers.after(MARGIN, () => this.#process.kill());
      this.#told.end = await this.#process.ended;
      return this.#told;
    } finally {
      this.#timers.clear();
    }
  }
  /** Ends the notebook, for the reason that the signal has. */
  abort() {
    const { signal, grace } = this.#options;
    const ending = endingOf(signal?.reason);
    const { ready, last } = this.#told;
    if (!last) this.#told.ending ??= ending;
    if (ready && !last) this.#process.order({ order: "end", ...ending });
    else this.#process.kill();
    this.#timers.after(grace + MARGIN, () => this.#process.kill());
  }
  #hear(event) {
    const { progress } = this.#options;
    switch (event.event) {
      case "alive":
        this.#told.alive = event;
        this.#options.onAlive();
        this.#expect("ready", this.#options.startTimeout);
        return void 0;
      case "ready":
        this.#told.ready = event;
        this.#begin();
        return void 0;
      case "undeclared":
        this.#options.onUndeclared(event.names);
        return void 0;
      case "started":
        this.#told.started = event;
        return void 0;
      case "cell-started":
        progress.started(event.step, event.of);
        return void 0;
      case "cell-finished":
        this.#cellSeconds.push(event.seconds);
        progress.finished(event.step, event.of, event.seconds);
        return void 0;
      case "output-cut":
        this.#told.outputCut = event.limit;
        return void 0;
      case "exported":
        this.#told.exported = event;
        return "done";
      case "finished":
      case "failed":
        return this.#end(event);
    }
  }
  /** Gives up on a process that does not say this in so many seconds. */
  #expect(what, seconds) {
    clearTimeout(this.#tooLate);
    this.#tooLate = this.#timers.after(seconds, () => {
      this.#told.late = what;
      this.#process.kill();
    });
  }
  /** Hands the job to the process that is ready for it. */
  #begin() {
    clearTimeout(this.#tooLate);
    if (this.#told.ending) return;
    const { notebookLimit, grace } = this.#options;
    this.#process.run(this.#job);
    this.#timers.after(notebookLimit + grace + MARGIN, () => {
      this.#told.ending ??= stuck(notebookLimit);
      this.#process.kill();
    });
  }
  #end(last) {
    this.#told.last = last;
    this.#timers.clear();
    if (!last.exports || this.#told.ending) return "done";
    this.#timers.after(EXPORT_LIMIT, () => this.#process.kill());
    return void 0;
  }
};
function stuck(seconds) {
  return {
    why: "timed-out",
    message: `the notebook ran longer than ${seconds} s (limits.notebook), and could not be ended gently`,
    limit: `notebook ${seconds} s`
  };
}

// packages/papermill-runner/src/execute/export.ts
function withExport(outcome, exported, { last, started }, { html, logger }) {
  if (!html || !started || last && !last.exports) return outcome;
  const problem = exported ? exported.problem : whyMissing(last);
  if (problem === null) return outcome;
  const text = `no HTML: ${problem}`;
  logger?.warn({}, text);
  return { ...outcome, message: outcome.message ? `${outcome.message}; ${text}` : text };
}
function whyMissing(last) {
  return last ? `the program that exports the notebook was ended, or took longer than ${EXPORT_LIMIT} s` : "the program that runs the notebook was ended before it could be exported";
}

// packages/papermill-runner/src/execute/job-line.ts
import { resolve } from "node:path";
import { BlueskyError, toPlainJson } from "@prompt-papermill/core";
function jobLine({ template, parameters, html, ...given }) {
  const job = {
    input: { path: template.path, text: template.text },
    output: given.output,
    cwd: resolve(given.cwd),
    kernel: given.kernel ?? null,
    // no limit is null: JSON has no Infinity
    limits: given.limits,
    grace: given.grace,
    secrets: given.secrets,
    implicit: given.implicit,
    html: html ? htmlPath(given.output) : null,
    environment: given.environment
  };
  return `${JSON.stringify(job).slice(0, -1)},"parameters":${parameters}}`;
}
function htmlPath(output) {
  return output.endsWith(".ipynb") ? `${output.slice(0, -".ipynb".length)}.html` : `${output}.html`;
}
function parametersJson(parameters) {
  try {
    return toPlainJson(parameters, { onUnrepresentable: "throw" });
  } catch (error) {
    if (!(error instanceof BlueskyError)) throw error;
    throw new NotStarted(`a parameter can't be given to a notebook: ${error.message}`, {
      cause: error
    });
  }
}

// packages/papermill-runner/src/execute/mend.ts
import { rm } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { execa } from "execa";

// packages/papermill-runner/src/process/python-program.ts
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
var pythonProgram = (() => {
  for (let up = "./"; up.length < 20; up += "../") {
    const path = fileURLToPath(new URL(`${up}python/prompt_papermill_runner.py`, import.meta.url));
    if (existsSync(path)) return path;
  }
  throw new Error(
    "prompt_papermill_runner.py is missing: install @prompt-papermill/papermill-runner anew"
  );
})();

// packages/papermill-runner/src/execute/mend.ts
var NAMES = {
  cancelled: "Cancelled",
  interrupted: "Interrupted",
  "timed-out": "TimedOut"
};
async function removePartial(output) {
  await rm(join(dirname(output), `.${basename(output)}.partial`), { force: true });
}
async function mend(output, outcome, python) {
  const kind = outcome.state === "failed" ? outcome.reason : outcome.state;
  const job = { output, ename: NAMES[kind] ?? "ProgramDied", evalue: outcome.message ?? kind };
  const { stdout } = await execa(python, [pythonProgram, "mend"], {
    input: JSON.stringify(job),
    timeout: 5e3
  });
  return stdout === "" ? void 0 : Number(stdout);
}

// packages/papermill-runner/src/execute/options.ts
import { BlueskyError as BlueskyError3 } from "@prompt-papermill/core";

// packages/papermill-runner/src/process/notebook-process.ts
import { once } from "node:events";
import { mkdtemp, rm as rm2 } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join as join2 } from "node:path";
import { createInterface } from "node:readline";
import { setTimeout as sleep2 } from "node:timers/promises";

// packages/papermill-runner/src/process/environment.ts
function environmentNow(env) {
  return { ...process.env, ...env };
}
function environmentChanges(from, to) {
  const set = {};
  for (const [name, value] of Object.entries(to)) {
    if (value !== void 0 && from[name] !== value) set[name] = value;
  }
  const unset = Object.keys(from).filter(
    (name) => from[name] !== void 0 && to[name] === void 0
  );
  return { set, unset };
}
function changesTo(env) {
  const set = {};
  for (const [name, value] of Object.entries(env)) if (value !== void 0) set[name] = value;
  return { set, unset: Object.keys(env).filter((name) => env[name] === void 0) };
}
var READ_AT_START = [
  /^(PYTHON|LD_|DYLD_|JUPYTER|IPYTHON|MPL|LC_|OMP_|KMP_|MKL_|OPENBLAS_|BLIS_|NUMBA_|NUMEXPR_)/,
  /^(CUDA_|HDF5_|GOTO_|VECLIB_|MALLOC_)/,
  /^(LANG|LANGUAGE|TZ|HOME|TMPDIR|TEMP|TMP|VIRTUAL_ENV|CONDA_PREFIX)$/
];
function comeTooLate({ set, unset }) {
  const names = [...Object.keys(set), ...unset];
  return names.some((name) => READ_AT_START.some((pattern) => pattern.test(name)));
}

// packages/papermill-runner/src/process/running-program.ts
import { execa as execa2 } from "execa";

// packages/papermill-runner/src/process/command.ts
function commandFor({ python, launcher = [] }, scratch, warm) {
  const [launching, ...options] = launcher;
  if (launching !== void 0) {
    return { program: launching, args: [...options, python, pythonProgram, "launched", scratch] };
  }
  const warmth = warm === void 0 ? [] : [JSON.stringify(warm)];
  return { program: python, args: [pythonProgram, "run", scratch, ...warmth] };
}

// packages/papermill-runner/src/process/strays.ts
import { randomUUID } from "node:crypto";
import { readdir, readFile } from "node:fs/promises";
import { setTimeout as sleep } from "node:timers/promises";
var VARIABLE = "PROMPT_PAPERMILL_PROCESS";
var LONGEST_HUNT_MS = 2e3;
var ProcessMark = class {
  #value = randomUUID();
  /** The environment variable to start the process with. */
  get env() {
    return { [VARIABLE]: this.#value };
  }
  /**
   * The ids of the processes with this mark, as far as `/proc` tells (on Linux; elsewhere none).
   * A process that emptied its own environment before it started another is not seen.
   */
  async find() {
    if (process.platform !== "linux") return [];
    const wanted = Buffer.from(`${VARIABLE}=${this.#value}`);
    const ids = (await readdir("/proc")).filter((name) => /^\d+$/.test(name));
    const marked = await Promise.all(ids.map((id) => environmentHas(id, wanted)));
    return ids.filter((_, index) => marked[index]).map(Number);
  }
  /** Ends every process with this mark with SIGKILL; says which are still there after two seconds. */
  async end() {
    const deadline = Date.now() + LONGEST_HUNT_MS;
    for (; ; ) {
      const found = await this.find();
      for (const id of found) killIfThere(id);
      if (found.length === 0 || Date.now() > deadline) return found;
      await sleep(20);
    }
  }
};
function killIfThere(id, signal = "SIGKILL") {
  try {
    process.kill(id, signal);
  } catch (error) {
    if (error.code !== "ESRCH") throw error;
  }
}
async function environmentHas(id, wanted) {
  try {
    return (await readFile(`/proc/${id}/environ`)).includes(wanted);
  } catch {
    return false;
  }
}

// packages/papermill-runner/src/process/running-program.ts
function startProgram(needs, scratch, warm) {
  const { program, args } = commandFor(needs, scratch, warm);
  return spawnProgram(program, args, needs.env);
}
function spawnProgram(program, args, env) {
  const mark = new ProcessMark();
  const environment = environmentNow(env);
  const subprocess = execa2(program, args, {
    detached: true,
    cleanup: false,
    buffer: false,
    reject: false,
    stdin: "pipe",
    env: { ...env, ...mark.env }
  });
  subprocess.stdin.on("error", () => void 0);
  const ended = new Promise((resolve4) => {
    subprocess.once("exit", (exitCode, signal) => resolve4({ exitCode, signal }));
    subprocess.once("error", (error) => resolve4({ exitCode: null, signal: null, error }));
  });
  const { pid, stdin, stdout, stderr } = subprocess;
  return { pid, stdin, stdout, stderr, ended, environment, endStrays: () => mark.end() };
}

// packages/papermill-runner/src/process/notebook-process.ts
var OUTPUT_CLOSES_MS = 1e3;
var LAUNCHER_ENDS_MS = 3e3;
var NotebookProcess = class _NotebookProcess {
  events;
  /** What the process and its kernel print. Must be read, or they come to a halt. */
  stderr;
  ended;
  /** Whether it was started before its job was known, and may have died before it came. */
  startedAhead;
  /** Told of lines between the events that are none: of a launcher that mixes the two outputs. */
  onStrayLine = () => void 0;
  #launched;
  #program;
  #scratch;
  #lines;
  #read;
  #end;
  #first;
  constructor(program, circumstances) {
    this.#program = program;
    this.#scratch = circumstances.scratch;
    this.startedAhead = circumstances.startedAhead;
    this.#launched = circumstances.launched;
    this.stderr = program.stderr;
    this.#lines = createInterface({ input: program.stdout });
    this.#read = this.#readEvents(this.#lines[Symbol.asyncIterator]());
    this.events = this.#allEvents();
    this.ended = program.ended.then((end) => this.#end = end);
  }
  /** Starts a process. That it could not be started is told by {@link NotebookProcess.ended}. */
  static async start(needs, warm) {
    const scratch = await makeScratch();
    const launched = (needs.launcher ?? []).length > 0;
    const startedAhead = warm !== void 0;
    return new _NotebookProcess(startProgram(needs, scratch, warm), {
      scratch,
      startedAhead,
      launched
    });
  }
  /** Takes one that was forked, and has this folder. */
  static forked(program, scratch) {
    return new _NotebookProcess(program, { scratch, startedAhead: true, launched: false });
  }
  /** Its first event, which {@link NotebookProcess.events} tells as well; undefined if it has none. */
  first() {
    this.#first ??= this.#read.next().then(({ value, done }) => done ? void 0 : value);
    return this.#first;
  }
  /** What has to change in its environment for a job that wants these variables. */
  changesFor(env) {
    if (this.#launched) return changesTo(env);
    return environmentChanges(this.#program.environment, environmentNow(env));
  }
  /** Hands over the job: one line of JSON. */
  run(job) {
    this.#program.stdin.write(`${job}
`);
  }
  /** Tells the process to end its notebook. */
  order(order) {
    this.#program.stdin.write(`${JSON.stringify(order)}
`);
  }
  /** Closes the line to the process, which then ends itself with all that it has started. */
  closeInput() {
    this.#program.stdin.end();
  }
  /**
   * Ends the process at once. What it started ends with {@link NotebookProcess.dispose}.
   *
   * A launcher gets SIGTERM and a moment: it has to take back what it asked of a batch system, where a
   * job would else wait in the queue, or run, for nobody.
   */
  kill() {
    const { pid } = this.#program;
    if (pid === void 0 || this.#end !== void 0) return;
    if (!this.#launched) return killIfThere(-pid);
    killIfThere(-pid, "SIGTERM");
    const timer = setTimeout(() => killIfThere(-pid), LAUNCHER_ENDS_MS);
    void this.ended.then(() => clearTimeout(timer));
  }
  /**
   * Waits `patience` milliseconds for the process to exit by itself, then ends it and all that it
   * started. Returns the ids of processes that could not be ended (stuck in the operating system).
   */
  async dispose(patience) {
    const timer = setTimeout(() => this.kill(), patience);
    const end = await this.ended;
    clearTimeout(timer);
    const left = end.exitCode === 0 && !this.#launched ? [] : await this.#program.endStrays();
    if (!this.stderr.closed) {
      await Promise.race([once(this.stderr, "close"), sleep2(OUTPUT_CLOSES_MS)]);
      this.stderr.destroy();
    }
    this.#lines.close();
    await rm2(this.#scratch, { recursive: true, force: true });
    return left;
  }
  async *#readEvents(lines) {
    for await (const line of lines) {
      const event = parseEvent(line);
      if (event) yield event;
      else this.onStrayLine(line);
    }
  }
  async *#allEvents() {
    const first = await this.first();
    if (first === void 0) return;
    yield first;
    yield* this.#read;
  }
};
function makeScratch() {
  return mkdtemp(join2(tmpdir(), "papermill-"));
}
var EVENT_BEGINS = '{"event": "';
function parseEvent(line) {
  const begin = line.indexOf(EVENT_BEGINS);
  if (begin < 0) return void 0;
  try {
    return JSON.parse(line.slice(begin));
  } catch {
    return void 0;
  }
}

// packages/papermill-runner/src/process/kernel-source.ts
var ColdKernels = class {
  take(needs) {
    return NotebookProcess.start(needs);
  }
  close() {
    return Promise.resolve();
  }
};

// packages/papermill-runner/src/execute/redactor.ts
import { BlueskyError as BlueskyError2 } from "@prompt-papermill/core";
var SHORTEST_SECRET = 6;
var PLACEHOLDER = "***";
var Redactor = class {
  /** The longest first: a secret may hold another one. */
  #forms;
  /** The same as bytes, each a character. */
  #bytes;
  constructor(secrets) {
    const forms = new Set(Object.values(secrets).flatMap(formsOf));
    this.#forms = [...forms].filter(({ length }) => length >= SHORTEST_SECRET).sort((a, b) => b.length - a.length);
    this.#bytes = this.#forms.map((form) => Buffer.from(form).toString("latin1"));
  }
  /** A text without secrets. */
  text(text) {
    return this.#forms.reduce((left, form) => left.replaceAll(form, PLACEHOLDER), text);
  }
  /** All texts in plain data without secrets; the names of fields stay. */
  data(data) {
    if (this.#forms.length === 0) return data;
    return this.#data(data);
  }
  /** For a stream of bytes, in which a secret may come in two pieces. */
  stream() {
    return new RedactedStream(this.#bytes);
  }
  #data(data) {
    if (typeof data === "string") return this.text(data);
    if (Array.isArray(data)) return data.map((item) => this.#data(item));
    if (typeof data !== "object" || data === null) return data;
    return Object.fromEntries(Object.entries(data).map(([key, item]) => [key, this.#data(item)]));
  }
};
var RedactedStream = class {
  #forms;
  #held = "";
  constructor(forms) {
    this.#forms = forms;
  }
  /** What can be given out now. */
  take(bytes) {
    if (this.#forms.length === 0) return bytes;
    const text = this.#clean(this.#held + bytes.toString("latin1"));
    const held = this.#begunAtEnd(text);
    this.#held = text.slice(text.length - held);
    return Buffer.from(text.slice(0, text.length - held), "latin1");
  }
  /** What was held back, when nothing follows. */
  rest() {
    const rest = this.#held;
    this.#held = "";
    return Buffer.from(rest, "latin1");
  }
  #clean(text) {
    return this.#forms.reduce((left, form) => left.replaceAll(form, PLACEHOLDER), text);
  }
  /** How many characters at the end are the beginning of a secret: the most that may be. */
  #begunAtEnd(text) {
    const lengths = this.#forms.map((form) => {
      for (let length = Math.min(form.length - 1, text.length); length > 0; length -= 1) {
        if (text.endsWith(form.slice(0, length))) return length;
      }
      return 0;
    });
    return Math.max(0, ...lengths);
  }
};
function checkSecrets(secrets) {
  for (const [name, value] of Object.entries(secrets)) {
    const wrong = problemOf(name, value);
    if (wrong !== void 0) throw new BlueskyError2("bad-option", `secrets.${name} ${wrong}`);
  }
}
function problemOf(name, value) {
  if (!/^[A-Za-z_]\w*$/.test(name)) return "is no name of an environment variable";
  if (typeof value !== "string" || value === "") return "must be a text that is not empty";
  return value.includes("\0") ? "must not have a zero byte in it" : void 0;
}
function formsOf(secret) {
  const texts = [secret, ...secret.split(/\r?\n/)];
  return texts.flatMap((text) => [text, JSON.stringify(text).slice(1, -1)]);
}

// packages/papermill-runner/src/execute/options.ts
var KiB = 1024;
var MiB = 1024 * KiB;
var DEFAULT_LIMITS = {
  notebook: 30 * 60,
  cell: 10 * 60,
  memory: 4 * KiB * MiB,
  output: 50 * MiB,
  log: 10 * MiB,
  launch: 60 * 60
};
function withDefaults(options) {
  const filled = {
    python: options.python ?? "python3",
    kernel: options.kernel,
    limits: { ...DEFAULT_LIMITS, ...options.limits },
    env: options.env ?? {},
    secrets: options.secrets ?? {},
    launcher: options.launcher ?? [],
    html: options.html ?? false,
    grace: options.grace ?? 5,
    startTimeout: options.startTimeout ?? 60,
    kernels: options.kernels ?? new ColdKernels()
  };
  for (const [name, limit] of Object.entries(filled.limits)) {
    if (!(limit > 0)) throw badNumber(`limits.${name}`, "above 0, or Infinity for none", limit);
  }
  for (const name of ["grace", "startTimeout"]) {
    const seconds = filled[name];
    if (!(seconds > 0 && seconds < Infinity)) throw badNumber(name, "of seconds above 0", seconds);
  }
  if (filled.python === "") throw new BlueskyError3("bad-option", "python must not be empty");
  if (filled.launcher.includes("")) {
    throw new BlueskyError3("bad-option", "launcher must have no empty argument");
  }
  checkSecrets(filled.secrets);
  return filled;
}
function badNumber(name, what, value) {
  return new BlueskyError3("bad-option", `${name} must be a number ${what}; it is ${String(value)}`);
}

// packages/papermill-runner/src/execute/estimate.ts
var CellProgress = class {
  #tell;
  #usual;
  /** @param usual - Seconds by code cell; of another notebook if their number is not that of its cells. */
  constructor(tell, usual) {
    this.#tell = tell;
    this.#usual = usual;
  }
  started(step, of) {
    this.#tell({ step, of, event: "started", ...this.#estimate(step, of, step) });
  }
  finished(step, of, seconds) {
    this.#tell({ step, of, event: "finished", seconds, ...this.#estimate(step, of, step + 1) });
  }
  #estimate(step, of, from) {
    const usualSeconds = this.#usual[step - 1];
    if (this.#usual.length !== of || usualSeconds === void 0) return {};
    const remaining = this.#usual.slice(from - 1).reduce((sum, seconds) => sum + seconds, 0);
    return { usualSeconds, remainingSeconds: Math.round(remaining * 1e3) / 1e3 };
  }
};

// packages/papermill-runner/src/execute/run-job.ts
async function runJob(job, options, said) {
  const process2 = await takeProcess(options).catch((error) => {
    const { message } = error;
    throw new NotStarted(`no process can be started for the notebook: ${message}`, { cause: error });
  });
  const told = await runIn(process2, job, options, said);
  if (!process2.startedAhead || !diedUnused(told)) return told;
  return runIn(await new ColdKernels().take(options), job, options, said);
}
function takeProcess(options) {
  const { launcher, secrets, kernels } = options;
  const cold = launcher.length > 0 || comeTooLate({ set: secrets, unset: [] });
  return (cold ? new ColdKernels() : kernels).take(options);
}
async function runIn(process2, job, options, said) {
  const environment = process2.changesFor(options.env);
  const line = jobLine({ ...job, implicit: options.implicit ?? [], environment });
  const waiting = options.launcher.length > 0 ? new Waiting(options, said) : void 0;
  const listening = said.listen(process2, () => waiting?.tell());
  waiting?.tell();
  const conversation = conversationOptions(options, () => waiting?.over());
  const told = await converse(process2, line, conversation).finally(
    () => process2.dispose(MARGIN * 1e3).then((left) => sayLeft(left, options))
  );
  await listening;
  return told;
}
function diedUnused({ started, last, ending, late }) {
  return !started && !last && !ending && !late;
}
var Waiting = class {
  #options;
  #said;
  #told = "";
  #over = false;
  constructor(options, said) {
    this.#options = options;
    this.#said = said;
  }
  tell() {
    const { launcher, onProgress } = this.#options;
    const { lastWords } = this.#said;
    const message = `waiting for ${launcher[0]}${lastWords === "" ? "" : `: ${lastWords}`}`;
    if (this.#over || message === this.#told) return;
    this.#told = message;
    onProgress?.({ step: 0, of: 0, event: "waiting", message });
  }
  over() {
    this.#over = true;
  }
};
function conversationOptions(options, onAlive) {
  const { startTimeout, grace, signal, logger, limits, launcher } = options;
  return {
    launchLimit: launcher.length > 0 ? limits.launch : void 0,
    startTimeout,
    notebookLimit: limits.notebook,
    grace,
    signal,
    onAlive,
    progress: new CellProgress(options.onProgress ?? (() => void 0), options.usual ?? []),
    onUndeclared(names) {
      const text = "the template has no such parameters in its cell tagged `parameters`";
      logger?.warn({ parameters: names }, text);
    }
  };
}
function sayLeft(left, { logger }) {
  if (left.length > 0) logger?.error({ processes: left }, "these processes could not be ended");
}

// packages/papermill-runner/src/execute/said.ts
var KEPT = 8e3;
var LAST_WORDS = 400;
var Said = class {
  #log;
  #redactor;
  #end = "";
  constructor(log, redactor) {
    this.#log = log;
    this.#redactor = redactor;
  }
  /** The end of what was said. */
  get end() {
    return this.#end;
  }
  /** The last lines of it, as one, for a message; empty if nothing was said. */
  get lastWords() {
    const lines = this.#end.split("\n").map((line) => line.trim());
    return lines.filter((line) => line !== "").slice(-3).join(" / ").slice(-LAST_WORDS);
  }
  /** Listens until nobody can say anything any more. `told` is called after each piece. */
  async listen(process2, told = () => void 0) {
    const stream = this.#redactor.stream();
    process2.onStrayLine = (line) => {
      void this.#take(Buffer.from(`${this.#redactor.text(line)}
`));
      told();
    };
    try {
      for await (const chunk of process2.stderr) {
        await this.#take(stream.take(chunk));
        told();
      }
    } catch (error) {
      if (error.code !== "ERR_STREAM_PREMATURE_CLOSE") throw error;
    }
    await this.#take(stream.rest());
  }
  async #take(bytes) {
    if (bytes.length === 0) return;
    this.#end = (this.#end + bytes.toString()).slice(-KEPT);
    await this.#log?.write(bytes);
  }
};

// packages/papermill-runner/src/execute/template.ts
import { createHash } from "node:crypto";
import { readFile as readFile2 } from "node:fs/promises";
async function readTemplate(path) {
  const bytes = await readFile2(path).catch((error) => {
    const { code, message } = error;
    const reason = code === "ENOENT" ? "there is no such file" : message;
    throw new NotStarted(`the template ${path} can't be read: ${reason}`, { cause: error });
  });
  const sha256 = createHash("sha256").update(bytes).digest("hex");
  try {
    return { path, text: new TextDecoder("utf-8", { fatal: true }).decode(bytes), sha256 };
  } catch (error) {
    throw new NotStarted(`the template ${path} is not a notebook: it is not UTF-8`, {
      cause: error
    });
  }
}

// packages/papermill-runner/src/execute/execute-notebook.ts
async function executeNotebook(input, output, parameters, options = {}) {
  const place = { input: resolve2(input), output: resolve2(output) };
  const filled = { ...options, ...withDefaults(options), cwd: options.cwd ?? dirname2(place.output) };
  const details = { template: place.input, parameters };
  if (options.signal?.aborted) {
    return { ...fromEnding(endingOf(options.signal.reason)), details };
  }
  let log;
  try {
    log = await openLog(options.log, filled.limits.log);
    const result = await readAndRun(place, parameters, filled, log);
    await log?.write(lastLine(result));
    return { ...result, details: { ...details, ...result.details } };
  } catch (error) {
    if (!(error instanceof NotStarted)) throw error;
    await log?.write(`${error.message}
`);
    return { ...notStarted(error.message), details };
  } finally {
    await log?.close();
    if (log?.error) filled.logger?.warn({ error: log.error }, "the log could not be written whole");
  }
}
async function readAndRun(place, parameters, options, log) {
  const template = await readTemplate(place.input);
  const job = { ...options, template, output: place.output, parameters: parametersJson(parameters) };
  const redactor = new Redactor(options.secrets);
  const said = new Said(log, redactor);
  const told = await runJob(job, options, said);
  const outcome = redactor.data(decide(told, { ...options, said }));
  const shown = await showInNotebook(outcome, told, place.output, options);
  const details = { template_sha256: template.sha256, ...detailsOf(told, options) };
  return { ...withExport(shown, redactor.data(told.exported), told, options), details };
}
async function showInNotebook(outcome, told, output, { python, logger }) {
  if (told.last) return outcome;
  try {
    await removePartial(output);
    const cell = told.started && await mend(output, outcome, python);
    if (cell === void 0 || outcome.state !== "failed") return outcome;
    return { ...outcome, evidence: { ...outcome.evidence, cell } };
  } catch (error) {
    logger?.warn({ output, error }, "could not mark the executed notebook as failed");
    return outcome;
  }
}
async function openLog(path, limit) {
  if (path === void 0) return void 0;
  return LogFile.create(path, limit).catch((error) => {
    const { message } = error;
    throw new NotStarted(`the log ${path} can't be written: ${message}`, { cause: error });
  });
}
function detailsOf({ alive, ready, started, cellSeconds, outputCut }, { launcher }) {
  const cells = started && { total: started.cells, executed: cellSeconds.length };
  return {
    ...started && cells && { kernel: started.kernel, cells, cell_seconds: cellSeconds },
    ...ready && { python: ready.python, packages: ready.packages },
    ...launcher.length > 0 && { launched: { by: launcher, ...alive && { host: alive.host } } },
    ...outputCut !== void 0 && { output_cut: outputCut }
  };
}
function lastLine(outcome) {
  const state = outcome.state === "failed" ? `failed (${outcome.reason})` : outcome.state;
  return `${state}${outcome.message ? `: ${outcome.message}` : ""}
`;
}

// packages/papermill-runner/src/action/options.ts
import { parse, resolve as resolve3 } from "node:path";
import { BlueskyError as BlueskyError4 } from "@prompt-papermill/core";
function papermillDefaults(options) {
  return {
    ...withDefaults(options),
    template: options.template,
    templates: options.templates ?? ".",
    name: options.name ?? parse(options.template).name,
    usual: options.usual ?? (() => void 0)
  };
}
function compilePapermill(options) {
  const { template, templates, name, usual, ...run } = options;
  if (template === "") throw new BlueskyError4("bad-option", "template must not be empty");
  return { name, path: resolve3(templates, template), usual, run };
}

// packages/papermill-runner/src/action/parameters.ts
var RESERVED = ["uid", "results_dir", "documents"];
function reservedNames(parameters) {
  return Object.keys(parameters).filter((name) => RESERVED.includes(name));
}
function notebookParameters(run, context) {
  return {
    ...context.parameters,
    uid: run.uid,
    results_dir: context.resultsDir,
    ...context.documents !== void 0 && { documents: context.documents }
  };
}

// packages/papermill-runner/src/action/papermill.ts
function papermill(options) {
  const compiled = compilePapermill(papermillDefaults(options));
  return { name: compiled.name, run: (run, context) => runNotebook(compiled, run, context) };
}
async function runNotebook({ path, usual, run: options }, run, context) {
  const reserved = reservedNames(context.parameters);
  if (reserved.length > 0) {
    return notStarted(
      `the entry ${context.job.entry} gives parameters that every notebook is given: ${reserved.join(", ")}. Name them otherwise`
    );
  }
  const output = join3(context.resultsDir, `${context.job.entry}.ipynb`);
  return executeNotebook(path, output, notebookParameters(run, context), {
    ...options,
    cwd: context.resultsDir,
    log: join3(context.resultsDir, "log.txt"),
    signal: context.signal,
    logger: context.logger,
    onProgress: context.progress,
    implicit: RESERVED,
    usual: await usualTimes(usual, run, context) ?? []
  });
}
async function usualTimes(lookUp, run, context) {
  try {
    return await lookUp(run, context);
  } catch (error) {
    context.logger.warn({ error }, "the usual times of the cells could not be looked up");
    return void 0;
  }
}

// packages/papermill-runner/src/pool/fork-parent.ts
import { rm as rm3 } from "node:fs/promises";
import { createInterface as createInterface2 } from "node:readline";

// packages/papermill-runner/src/pool/forked-program.ts
import { once as once2 } from "node:events";
import { createServer } from "node:net";
import { join as join4 } from "node:path";
import { PassThrough } from "node:stream";
var NAMES2 = ["line", "log"];
var LONGEST_PATH = 107;
var ForkedCall = class _ForkedCall {
  #servers;
  #sockets;
  constructor(servers) {
    this.#servers = servers;
    this.#sockets = Promise.all(
      servers.map(async (server) => (await once2(server, "connection"))[0])
    );
  }
  /** Listens in a folder that the process will have. Throws an Error where that has too long a name. */
  static async listen(folder) {
    const paths = NAMES2.map((name) => join4(folder, name));
    if (paths.some((path) => Buffer.byteLength(path) > LONGEST_PATH)) {
      throw new Error(`the path of the temporary folder is too long for sockets: ${folder}`);
    }
    const servers = paths.map((path) => createServer().listen(path));
    await Promise.all(servers.map((server) => once2(server, "listening")));
    return new _ForkedCall(servers);
  }
  /** The process that has called, as a program that runs. `seen` tells its end. */
  async accept(pid, environment, seen) {
    const [line, log] = await this.#sockets;
    this.close();
    return {
      pid,
      environment,
      stdin: line,
      stdout: linesOf(line),
      stderr: log,
      ended: seen,
      endStrays: async () => [...(await seen).left]
    };
  }
  /** Resolves when the process has called, and its line is closed again. */
  async over() {
    const [line] = await this.#sockets;
    if (!line.closed) await once2(line, "close");
  }
  /** Is not for a process any more that could not be had. */
  abandon() {
    this.close();
    void this.#sockets.then((sockets) => sockets.map((socket) => socket.destroy()));
  }
  /** Listens no more. */
  close() {
    for (const server of this.#servers) server.close();
  }
};
function linesOf(socket) {
  const lines = new PassThrough();
  socket.on("error", () => void 0);
  socket.on("data", (chunk) => lines.write(chunk));
  socket.once("close", () => lines.end());
  return lines;
}

// packages/papermill-runner/src/pool/parent-event.ts
function parseParentEvent(line) {
  try {
    return JSON.parse(line);
  } catch {
    return void 0;
  }
}

// packages/papermill-runner/src/pool/promise.ts
function withResolvers() {
  let resolve4 = never;
  let reject = never;
  const promise = new Promise((...both) => [resolve4, reject] = both);
  promise.catch(() => void 0);
  return { promise, resolve: resolve4, reject };
}
function never() {
  throw new Error("a promise calls its executor at once");
}

// packages/papermill-runner/src/pool/fork-parent.ts
var FileChanged = class extends Error {
};
var KEPT_CHARACTERS = 2e3;
var PATIENCE_MS = 2e3;
var ForkParent = class {
  outcome;
  #outcome = withResolvers();
  #python;
  #program;
  #forks = /* @__PURE__ */ new Map();
  #unused = withResolvers();
  #state = "starting";
  #finished;
  #count = 0;
  #said = "";
  constructor({ python, env, kernel, preload, startTimeout }) {
    this.#python = python;
    const warmth = JSON.stringify({ kernel, preload });
    this.#program = spawnProgram(python, [pythonProgram, "fork", warmth], env);
    const tooLate2 = setTimeout(() => {
      this.#fail(`it was not ready after ${startTimeout} s`);
      this.#kill();
    }, startTimeout * 1e3);
    this.outcome = this.#outcome.promise.finally(() => clearTimeout(tooLate2));
    this.#program.stderr.on("data", (chunk) => {
      this.#said = (this.#said + chunk.toString()).slice(-KEPT_CHARACTERS);
    });
    const lines = createInterface2({ input: this.#program.stdout });
    lines.on("line", (line) => this.#hear(parseParentEvent(line)));
    void this.#program.ended.then((end) => this.#ended(end));
  }
  /** Whether it can be forked now. */
  get isReady() {
    return this.#state === "ready";
  }
  /** Whether processes run that were forked from it. */
  get isUsed() {
    return this.#forks.size > 0;
  }
  /** The end of what it said. */
  get said() {
    return this.#said;
  }
  /** What has to change in the environment of its kernels for a job that wants these variables. */
  changesFor(env) {
    return environmentChanges(this.#program.environment, environmentNow(env));
  }
  /** Forks a process, with a kernel. Throws {@link FileChanged}, or an Error that says why it can't. */
  async fork() {
    if (!this.isReady) throw gone();
    const scratch = await makeScratch();
    try {
      return NotebookProcess.forked(await this.#forkIn(scratch), scratch);
    } catch (error) {
      await rm3(scratch, { recursive: true, force: true });
      throw error;
    }
  }
  /**
   * Is forked no more, and ends as soon as nothing runs that was forked from it. Returns the ids of
   * processes that could not be ended.
   */
  async end() {
    if (this.#state === "starting") this.#kill();
    if (this.#state !== "ended") this.#state = "retired";
    if (this.isUsed) await this.#unused.promise;
    return this.#finish();
  }
  /** Ends it now. */
  #finish() {
    this.#finished ??= (async () => {
      this.#program.stdin.end();
      const timer = setTimeout(() => this.#kill(), PATIENCE_MS);
      const { exitCode } = await this.#program.ended;
      clearTimeout(timer);
      return exitCode === 0 ? [] : this.#program.endStrays();
    })();
    return this.#finished;
  }
  async #forkIn(scratch) {
    const call = await ForkedCall.listen(scratch);
    const fork = { call, pid: withResolvers(), seen: withResolvers() };
    const id = this.#count += 1;
    this.#forks.set(id, fork);
    try {
      if (!this.isReady) throw gone();
      this.#program.stdin.write(`${JSON.stringify({ id, scratch })}
`);
      const seen = fork.seen.promise;
      const program = call.accept(await fork.pid.promise, this.#program.environment, seen);
      return await Promise.race([program, seen.then((end) => Promise.reject(diedAtOnce(end)))]);
    } catch (error) {
      call.abandon();
      this.#forget(id);
      throw error;
    }
  }
  #hear(event) {
    if (event === void 0) return;
    if (event.event === "ready") this.#isThere(event.warm);
    else if (event.event === "failed") this.#fail(event.message);
    else if (event.event === "ended") void this.#seen(event.id, event);
    else this.#answered(event);
  }
  #isThere(warm) {
    if ("problem" in warm) {
      this.#fail(warm.problem, warm.forkable);
      return;
    }
    if (this.#state === "starting") this.#state = "ready";
    this.#outcome.resolve("ready");
  }
  /** An order to fork was carried out, or not. */
  #answered(event) {
    const pid = this.#forks.get(event.id)?.pid;
    if (event.event === "forked") pid?.resolve(event.pid);
    else if (event.event === "changed") pid?.reject(new FileChanged(event.file));
    else pid?.reject(new Error(event.message));
  }
  /** Who waits for the last of its processes waits for a parent as well that is to end after it. */
  async #seen(id, end) {
    const fork = this.#forks.get(id);
    this.#forget(id);
    if (this.#state === "retired" && !this.isUsed) await this.#finish();
    fork?.seen.resolve(end);
  }
  #fail(problem, forkable = true) {
    this.#outcome.resolve({ problem, forkable });
  }
  /** What was forked goes on, though nobody sees any more how it ends. */
  #ended(end) {
    this.#state = "ended";
    this.#fail(endWords2(end, this.#python));
    for (const [id, { call, pid, seen }] of this.#forks) {
      pid.reject(gone());
      void call.over().then(async () => {
        const left = this.#forks.size === 1 ? await this.#program.endStrays() : [];
        this.#forget(id);
        seen.resolve({ exitCode: null, signal: null, left });
      });
    }
  }
  #forget(id) {
    this.#forks.delete(id);
    if (!this.isUsed && this.#state !== "ready") this.#unused.resolve(true);
  }
  #kill() {
    if (this.#program.pid !== void 0 && this.#state !== "ended") killIfThere(-this.#program.pid);
  }
};
function gone() {
  return new Error("the process that forks kernels has ended");
}
function diedAtOnce(end) {
  return new Error(`the forked process ${words(end)} before it called`);
}
function endWords2(end, python) {
  if (end.error) return cannotStart({ python, launcher: [] }, end.error);
  return `it ${words(end)}`;
}
function words({ exitCode, signal }) {
  return signal === null ? `exited with code ${exitCode}` : `was ended by ${signal}`;
}

// packages/papermill-runner/src/pool/kernel-starter.ts
var FreshKernels = class {
  #options;
  constructor(options) {
    this.#options = options;
  }
  start() {
    const { python, env, kernel, preload } = this.#options;
    return NotebookProcess.start({ python, env }, { kernel, preload });
  }
  startNow() {
    return Promise.resolve(void 0);
  }
  close() {
    return Promise.resolve();
  }
};
var ForkedKernels = class {
  #options;
  #fresh;
  #ending = /* @__PURE__ */ new Set();
  #parent;
  #unforkable = false;
  #closed = false;
  constructor(options) {
    this.#options = options;
    this.#fresh = new FreshKernels(options);
  }
  async start() {
    for (; ; ) {
      const parent = await this.#forkable();
      if (parent === void 0) return this.#fresh.start();
      try {
        return await parent.fork();
      } catch (error) {
        if (!(error instanceof FileChanged)) throw error;
        this.#replace(parent, error);
      }
    }
  }
  async startNow(env) {
    const parent = this.#parent;
    if (!parent?.isReady || comeTooLate(parent.changesFor(env))) return void 0;
    try {
      return await parent.fork();
    } catch (error) {
      if (error instanceof FileChanged) this.#replace(parent, error);
      else
        this.#options.logger?.warn({ error }, "a kernel could not be forked; starting another one");
      return void 0;
    }
  }
  async close() {
    this.#closed = true;
    this.#retire();
    await Promise.all(this.#ending);
  }
  /** What can be forked; undefined where kernels can't be. Throws an Error that says why there is none now. */
  async #forkable() {
    if (this.#closed) throw new Error("the pool is closed");
    if (this.#unforkable) return void 0;
    if (this.#parent && !await this.#isUsable(this.#parent)) this.#retire();
    const parent = this.#parent ??= new ForkParent(this.#options);
    const outcome = await parent.outcome;
    if (outcome === "ready") return parent;
    this.#retire();
    if (outcome.forkable) throw Object.assign(new Error(outcome.problem), { said: parent.said });
    this.#unforkable = true;
    const fields = { python: this.#options.python, reason: outcome.problem };
    this.#options.logger?.warn(fields, "kernels can\u2019t be forked: each one is started anew");
    return void 0;
  }
  async #isUsable(parent) {
    return await parent.outcome === "ready" && parent.isReady;
  }
  #replace(parent, { message }) {
    if (this.#parent !== parent) return;
    const text = "a file that the kernels had loaded has changed: loading all of them anew";
    this.#options.logger?.info({ file: message }, text);
    this.#retire();
  }
  #retire() {
    const parent = this.#parent;
    if (parent === void 0) return;
    this.#parent = void 0;
    const ending = parent.end().then((left) => {
      this.#ending.delete(ending);
      if (left.length === 0) return;
      this.#options.logger?.error({ processes: left }, "these processes could not be ended");
    });
    this.#ending.add(ending);
  }
};

// packages/papermill-runner/src/pool/options.ts
import { availableParallelism } from "node:os";
import { BlueskyError as BlueskyError5 } from "@prompt-papermill/core";
function poolDefaults(options) {
  const filled = {
    python: options.python ?? "python3",
    warm: options.warm ?? 1,
    preload: options.preload ?? [],
    fork: options.fork ?? false,
    kernel: options.kernel ?? "python3",
    env: options.env ?? {},
    startTimeout: options.startTimeout ?? 120,
    logger: options.logger,
    cores: options.cores ?? availableParallelism()
  };
  check(Number.isInteger(filled.warm) && filled.warm >= 0, "warm", "a whole number from 0");
  check(Number.isInteger(filled.cores) && filled.cores >= 1, "cores", "a whole number from 1");
  const { startTimeout } = filled;
  check(startTimeout > 0 && startTimeout < Infinity, "startTimeout", "seconds above 0");
  check(filled.python !== "", "python", "a path or a name");
  check(filled.kernel !== "", "kernel", "a name");
  const bad = filled.preload.find((module) => !/^\w+(\.\w+)*$/u.test(module));
  check(bad === void 0, "preload", `names of modules; ${JSON.stringify(bad)} is none`);
  return filled;
}
function check(holds, name, what) {
  if (!holds) throw new BlueskyError5("bad-option", `${name} of a KernelPool must be ${what}`);
}

// packages/papermill-runner/src/pool/refill.ts
var RESPITE_MS = 150;
var LONGEST_WAIT_MS = 1e4;
var MOST_FAILURES = 5;
var REST_MS = 10 * 60 * 1e3;
function refillNow({ wanted, ready, running, cores }) {
  if (ready >= wanted) return "full";
  if (running > cores || running === cores && ready > 0) return "wait";
  return "now";
}
function pause(failures) {
  return failures >= MOST_FAILURES ? REST_MS : 1e3 * 2 ** (failures - 1);
}

// packages/papermill-runner/src/pool/warm-process.ts
var KEPT_CHARACTERS2 = 2e3;
var PATIENCE_MS2 = 2e3;
var WarmProcess = class {
  outcome;
  /** Resolves when it ends, taken or not. Never if it could not be started at all. */
  died;
  #starting;
  #process;
  #python;
  #isAlive = false;
  #said = "";
  #tooLate;
  #late = false;
  /** `starting` says why in its error where it can't be started. */
  constructor(starting, { python, startTimeout }) {
    this.#python = python;
    this.#starting = starting;
    this.outcome = this.#starting.then(
      (process2) => this.#watch(process2, startTimeout),
      (error) => this.#notStarted(error)
    );
    this.died = this.#starting.then(
      (process2) => process2.ended.then(() => void (this.#isAlive = false)),
      () => new Promise(() => void 0)
    );
  }
  /** Whether there is a process that can be taken. */
  get isAlive() {
    return this.#isAlive;
  }
  /** The end of what it said. */
  get said() {
    return this.#said;
  }
  /** What has to change in its environment for a job that wants these variables. */
  changesFor(env) {
    return this.#alive().changesFor(env);
  }
  /** Hands the process over, ready or not. */
  take() {
    const process2 = this.#alive();
    clearTimeout(this.#tooLate);
    process2.stderr.off("data", this.#keep);
    process2.stderr.pause();
    return process2;
  }
  /** Ends it; returns the ids of processes that could not be ended. */
  async end() {
    clearTimeout(this.#tooLate);
    const process2 = await this.#starting.catch(() => void 0);
    process2?.closeInput();
    return await process2?.dispose(PATIENCE_MS2) ?? [];
  }
  #notStarted({ message, said }) {
    this.#said = said ?? "";
    return { problem: message };
  }
  async #watch(process2, seconds) {
    this.#process = process2;
    this.#isAlive = true;
    process2.stderr.on("data", this.#keep);
    this.#tooLate = setTimeout(() => {
      this.#late = true;
      process2.kill();
    }, seconds * 1e3);
    const first = await process2.first();
    clearTimeout(this.#tooLate);
    if (this.#late) return { problem: `it was not ready after ${seconds} s` };
    return first ? outcomeOf(first) : { problem: await endWords3(process2, this.#python) };
  }
  #keep = (chunk) => {
    this.#said = (this.#said + chunk.toString()).slice(-KEPT_CHARACTERS2);
  };
  #alive() {
    if (!this.#process) throw new Error("the process has not started yet");
    return this.#process;
  }
};
function outcomeOf(first) {
  if (first.event === "ready" && first.warm) return first.warm;
  return { problem: first.event === "failed" ? first.message : `it said ${first.event} first` };
}
async function endWords3(process2, python) {
  const { error, signal, exitCode } = await process2.ended;
  if (error) return cannotStart({ python, launcher: [] }, error);
  return signal === null ? `it exited with code ${exitCode}` : `it was ended by ${signal}`;
}

// packages/papermill-runner/src/pool/kernel-pool.ts
var KernelPool = class {
  #options;
  #logger;
  #starter;
  #ready = [];
  /** What has to have ended when the pool is closed, but for what was taken. */
  #ending = /* @__PURE__ */ new Set();
  #waiting = /* @__PURE__ */ new Set();
  #starting;
  #running = 0;
  #failures = 0;
  /** Not to be started before, after a failure: milliseconds as `Date.now()` has them. */
  #earliest = 0;
  /** Since when the next start waits for notebooks to end. */
  #waitsSince;
  #saidMissing = false;
  #timer;
  #closed = false;
  constructor(options = {}) {
    this.#options = poolDefaults(options);
    this.#logger = options.logger;
    this.#starter = new (this.#options.fork ? ForkedKernels : FreshKernels)(this.#options);
    this.#refill();
  }
  /** How many kernels wait for a notebook. */
  get ready() {
    return this.#ready.length;
  }
  /**
   * Resolves when as many kernels wait as are wanted; or when they can't, because they could not be
   * started, or the pool is closed. Says whether they do.
   */
  async filled() {
    while (!this.#settled) await new Promise((resolve4) => this.#waiting.add(resolve4));
    return this.#ready.length >= this.#options.warm;
  }
  async take(needs) {
    this.#running += 1;
    this.#earliest = Math.max(this.#earliest, Date.now() + RESPITE_MS);
    const over = () => {
      this.#running -= 1;
      this.#refill();
    };
    try {
      const process2 = await this.#processFor(needs);
      void process2.ended.then(over);
      this.#refill();
      return process2;
    } catch (error) {
      over();
      throw error;
    }
  }
  async close() {
    this.#closed = true;
    clearTimeout(this.#timer);
    const waiting = [...this.#ready, ...this.#starting ? [this.#starting] : []];
    this.#ready.length = 0;
    this.#starting = void 0;
    this.#tell();
    const closed = this.#starter.close();
    await Promise.all([...this.#ending, ...waiting.map((each) => this.#end(each))]);
    if (this.#running === 0) await closed;
  }
  [Symbol.asyncDispose]() {
    return this.close();
  }
  get #settled() {
    if (this.#closed || this.#failures >= MOST_FAILURES) return true;
    return this.#ready.length >= this.#options.warm;
  }
  /** A process for this notebook: the quickest that there is. */
  async #processFor(needs) {
    const { python, env, launcher = [] } = needs;
    const isOurs = python === this.#options.python && launcher.length === 0;
    if (this.#closed || !isOurs) return NotebookProcess.start(needs);
    const warm = this.#warmFor(needs)?.take() ?? await this.#starter.startNow(env);
    return warm ?? NotebookProcess.start(needs);
  }
  /** One that waits, or else the one that is about to. */
  #warmFor(needs) {
    const fits = (each) => each.isAlive && !comeTooLate(each.changesFor(needs.env));
    const index = this.#ready.findIndex(fits);
    if (index >= 0) {
      this.#failures = this.#earliest = 0;
      return this.#ready.splice(index, 1)[0];
    }
    const starting = this.#starting;
    if (!starting || !fits(starting)) return void 0;
    this.#starting = void 0;
    return starting;
  }
  /** Starts the next kernel, or sees to it that this is looked at again. */
  #refill() {
    clearTimeout(this.#timer);
    if (this.#closed || this.#starting) return;
    const { warm, cores } = this.#options;
    const counts = { wanted: warm, ready: this.#ready.length, running: this.#running, cores };
    const what = refillNow(counts);
    if (what === "full") return;
    const now = Date.now();
    if (what === "wait") this.#waitsSince ??= now;
    const until = what === "wait" ? (this.#waitsSince ?? now) + LONGEST_WAIT_MS : now;
    const wait = Math.max(this.#earliest, until) - now;
    if (wait <= 0) this.#start();
    else this.#timer = setTimeout(() => this.#start(), wait);
  }
  #start() {
    this.#waitsSince = void 0;
    const process2 = new WarmProcess(this.#starter.start(), this.#options);
    this.#starting = process2;
    void process2.outcome.then((outcome) => {
      if (this.#starting !== process2) return;
      this.#starting = void 0;
      if ("problem" in outcome) {
        this.#failed(process2, `a warm kernel could not be started: ${outcome.problem}`);
      } else {
        this.#add(process2, outcome.missing);
      }
    });
  }
  #add(process2, missing) {
    this.#ready.push(process2);
    if (Object.keys(missing).length > 0 && !this.#saidMissing) {
      this.#saidMissing = true;
      const fields = { python: this.#options.python, missing };
      this.#logger?.warn(fields, "these modules could not be imported into the warm kernels");
    }
    void process2.died.then(() => {
      const index = this.#ready.indexOf(process2);
      if (index < 0) return;
      this.#ready.splice(index, 1);
      this.#failed(process2, "a warm kernel died while it waited");
    });
    this.#refill();
    this.#tell();
  }
  #failed(process2, what) {
    this.#failures = Math.min(this.#failures + 1, MOST_FAILURES);
    this.#earliest = Date.now() + pause(this.#failures);
    const fields = { python: this.#options.python, said: process2.said };
    if (this.#failures < MOST_FAILURES) this.#logger?.warn(fields, `${what}; trying again`);
    else this.#logger?.error(fields, `${what}; notebooks start their own for some minutes`);
    void this.#end(process2);
    this.#refill();
    this.#tell();
  }
  #end(process2) {
    const ending = process2.end().then((left) => {
      this.#ending.delete(ending);
      if (left.length === 0) return;
      this.#logger?.error({ processes: left }, "these processes could not be ended");
    });
    this.#ending.add(ending);
    return ending;
  }
  /** Wakes those who wait for the pool to be filled. */
  #tell() {
    const waiting = [...this.#waiting];
    this.#waiting.clear();
    for (const resume of waiting) resume();
  }
};
export {
  ColdKernels,
  KernelPool,
  executeNotebook,
  papermill
};
