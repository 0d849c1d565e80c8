"""Runs the load benchmark: starts each server, drives the rows in turn, measures, prints a Markdown table.

Started by `run`, which builds what this needs. Python 3 standard library only; Linux only (it reads /proc).
"""

import argparse
import dataclasses
import datetime
import json
import os
import pathlib
import platform
import random
import re
import shutil
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import threading
import time
import urllib.request

KIB, MIB, GIB = 1 << 10, 1 << 20, 1 << 30
HERE = pathlib.Path(__file__).resolve().parent
TICKS = os.sysconf("SC_CLK_TCK")
PAGE = os.sysconf("SC_PAGE_SIZE")

# --- what is measured --------------------------------------------------------------------------------------------


@dataclasses.dataclass(frozen=True)
class Metric:
    """One line of the table; share says whether a share of the limit means something."""

    title: str
    value: object  # from a run (a dict) to a number, or None
    share: bool = False
    digits: int = 1


def per_gib(run):
    return run["server_cpu_s"] * GIB / run["bytes"] if run["bytes"] > 16 * MIB else None


def both_sides(run):
    cpu = run["server_cpu_s"] + run["cpu_s"]
    return run["bytes"] / MIB / cpu if cpu > 0 else None


def needless(run):
    return 100 * run["duplicates"] / run["data_packets"] if run["data_packets"] else None


SPEED = Metric("MiB/s", lambda run: run["mib_per_s"], share=True)
BOTH_SIDES = Metric("MiB per CPU-second of both sides", both_sides, share=True)
TRANSFERS = Metric("transfers/s", lambda run: run["transfers_per_s"], share=True, digits=0)
SERVER_CPU = Metric("server CPU, s/GiB", per_gib, digits=2)
FIRST_P99 = Metric("first reply p99, ms", lambda run: run["first_reply_ms"]["p99"])
TRANSFER_P99 = Metric("transfer p99, ms", lambda run: (run["transfer_ms"] or {}).get("p99"))
COMPLETED = Metric("completed", lambda run: run["completed"], digits=0)
FAILED = Metric("failed", lambda run: run["failed"], digits=0)
RESENT = Metric("requests resent", lambda run: run["requests_resent"], digits=0)
MEMORY = Metric("resident at most, MiB", lambda run: run["peak_rss"] / MIB if run["peak_rss"] else None, digits=0)
NEEDLESS = Metric("needless DATA, %", needless, digits=2)


@dataclasses.dataclass(frozen=True)
class Row:
    """One case. Files are named by their size, see make_files."""

    key: str
    title: str
    size: int
    metrics: tuple
    blksize: int = 1428
    windowsize: int = 1
    clients: int = 1
    transfers: int = 1
    waves: bool = False
    upload: bool = False
    loss: float = 0.0
    seconds: int = 30
    time_box: bool = False
    one_cpu: bool = False  # client and server on the same CPU

    def quick(self):
        """About a quarter of the work, and fewer clients where that is the work."""
        transfers = max(1, self.transfers // 4)
        clients = min(self.clients, max(self.clients // 4, 1000))
        seconds = 3 if self.time_box else self.seconds
        title = self.title if clients == self.clients else f"{self.title} (here {clients:,})"
        return dataclasses.replace(self, title=title, transfers=max(transfers, clients), clients=clients,
                                   seconds=seconds)

    def warm_up(self):
        clients = min(self.clients, 10) if self.upload else self.clients
        return dataclasses.replace(self, clients=clients, transfers=max(clients, self.transfers // 4),
                                   seconds=2 if self.time_box else self.seconds)


ALONE = (BOTH_SIDES, SPEED)
STORM = (SPEED, SERVER_CPU, FIRST_P99, RESENT, FAILED)
LOSSY = (SPEED, NEEDLESS, FAILED)

ROWS = (
    Row("512x1", "1 client, 512 × 1", 16 * MIB, ALONE, blksize=512, transfers=8, one_cpu=True),
    Row("1428x1", "1 client, 1428 × 1", 16 * MIB, ALONE, transfers=16, one_cpu=True),
    Row("1428x8", "1 client, 1428 × 8", 16 * MIB, ALONE, windowsize=8, transfers=48, one_cpu=True),
    Row("1428x64", "1 client, 1428 × 64", 16 * MIB, ALONE, windowsize=64, transfers=64, one_cpu=True),
    Row("100x1MiB-w1", "100 clients × 1 MiB, windowsize 1", MIB, STORM, clients=100, transfers=1000, waves=True),
    Row("1000x1MiB-w1", "1,000 clients × 1 MiB, windowsize 1", MIB, STORM, clients=1000, transfers=1000, waves=True),
    Row("100x1MiB-w16", "100 clients × 1 MiB, windowsize 16", MIB, STORM, windowsize=16, clients=100, transfers=2000,
        waves=True),
    Row("1000x1MiB-w16", "1,000 clients × 1 MiB, windowsize 16", MIB, STORM, windowsize=16, clients=1000,
        transfers=2000, waves=True),
    Row("20000x4KiB", "20,000 × 4 KiB, 200 at a time", 4 * KIB, (TRANSFERS, TRANSFER_P99, FIRST_P99, RESENT, FAILED),
        clients=200, transfers=20000),
    Row("burst", "10,000 clients in a burst × 256 KiB", 256 * KIB,
        (COMPLETED, FAILED, SPEED, FIRST_P99, RESENT, MEMORY), clients=10000, transfers=10000, waves=True, seconds=60),
    Row("upload-w1", "upload, 50 × 16 MiB, windowsize 1", 16 * MIB, (SPEED, SERVER_CPU, FAILED), clients=50,
        transfers=50, upload=True),
    Row("upload-w16", "upload, 50 × 16 MiB, windowsize 16", 16 * MIB, (SPEED, SERVER_CPU, FAILED), windowsize=16,
        clients=50, transfers=50, upload=True),
    Row("loss-1", "1% loss, windowsize 16, 4 clients", 16 * MIB, LOSSY, windowsize=16, clients=4, transfers=2000,
        loss=0.01, seconds=5, time_box=True),
    Row("loss-5", "5% loss, windowsize 16, 4 clients", 16 * MIB, LOSSY, windowsize=16, clients=4, transfers=2000,
        loss=0.05, seconds=5, time_box=True),
)

PROBE_SIZE = 4 * KIB
UPLOADS = "upload-"


def file_name(size):
    return f"{size}.bin"


def make_files(folder):
    """The files that are served; the same bytes everywhere and always."""
    for size in sorted({row.size for row in ROWS} | {PROBE_SIZE}):
        (folder / file_name(size)).write_bytes(random.Random(size).randbytes(size))


# --- processes ---------------------------------------------------------------------------------------------------


def stat_of(pid):
    """utime, stime, cutime, cstime of a process in seconds; None when it has gone."""
    try:
        fields = pathlib.Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return None
    return [int(field) / TICKS for field in fields[11:15]]


def children_of(pid):
    found = []
    try:
        for task in os.listdir(f"/proc/{pid}/task"):
            found += pathlib.Path(f"/proc/{pid}/task/{task}/children").read_text().split()
    except OSError:
        pass
    return [int(child) for child in found]


def tree_below(pid):
    return [each for child in children_of(pid) for each in (child, *tree_below(child))]


def kill(pid):
    try:
        os.kill(pid, signal.SIGKILL)
    except ProcessLookupError:
        pass


def cpu_of_tree(pid):
    """CPU seconds of a process, of those that it started, and of those that have ended meanwhile."""
    times = stat_of(pid)
    if times is None:
        return 0.0
    return sum(times) + sum(cpu_of_tree(child) for child in children_of(pid))


class ControlGroup:
    """Counts the CPU time of a server with all its children exactly, those included whose end nobody waited for.

    It lies below this process's own group, without controllers, and so changes nothing about scheduling. Where there is
    no right to make one, cpu_of_tree has to do, which does not see children that nobody waits for (tftpd-hpa's)."""

    def __init__(self, name):
        mount = re.search(r"^\S+ (\S+) cgroup2 ", pathlib.Path("/proc/self/mounts").read_text(), re.MULTILINE)
        own = re.search(r"^0::/(.*)$", pathlib.Path("/proc/self/cgroup").read_text(), re.MULTILINE)
        self.path = None
        if mount and own:
            path = pathlib.Path(mount.group(1), own.group(1), f"tftp-benchmark-{os.getpid()}-{name.replace('/', '-')}")
            try:
                path.mkdir()
                self.path = path
            except OSError:
                pass

    def join(self):
        """Puts the calling process into the group."""
        if self.path:
            (self.path / "cgroup.procs").write_text("0")

    def cpu(self):
        if not self.path:
            return None
        usage = re.search(r"^usage_usec (\d+)", (self.path / "cpu.stat").read_text(), re.MULTILINE)
        return int(usage.group(1)) / 1e6

    def members(self):
        return [int(pid) for pid in (self.path / "cgroup.procs").read_text().split()] if self.path else []

    def remove(self):
        """Once all its processes are gone."""
        for _ in range(50 if self.path else 0):
            try:
                self.path.rmdir()
                return
            except OSError:
                time.sleep(0.1)


def private_memory(pid):
    try:
        fields = pathlib.Path(f"/proc/{pid}/statm").read_text().split()
    except OSError:
        return 0
    return (int(fields[1]) - int(fields[2])) * PAGE


def pin(pid, cpus):
    for task in os.listdir(f"/proc/{pid}/task"):
        try:
            os.sched_setaffinity(int(task), cpus)
        except OSError:
            pass  # it has just ended


class PeakMemory:
    """The most that a process tree had resident: the peak of its first process, which the kernel keeps, and the private
    pages of its children, looked at once a second."""

    def __init__(self, pid):
        self.pid, self.children, self.stopped = pid, 0, threading.Event()
        pathlib.Path(f"/proc/{pid}/clear_refs").write_text("5")
        self.thread = threading.Thread(target=self.watch, daemon=True)
        self.thread.start()

    def watch(self):
        while not self.stopped.wait(1):
            self.children = max(self.children, sum(private_memory(child) for child in children_of(self.pid)))

    def stop(self):
        self.stopped.set()
        self.thread.join()
        try:
            status = pathlib.Path(f"/proc/{self.pid}/status").read_text()
        except OSError:
            return self.children
        peak = re.search(r"^VmHWM:\s+(\d+) kB", status, re.MULTILINE)
        return self.children + (int(peak.group(1)) * KIB if peak else 0)


def free_port(address):
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        probe.bind((address, 0))
        return probe.getsockname()[1]


def last_line(file):
    lines = pathlib.Path(file).read_text(errors="replace").strip().split("\n")
    return lines[-1]


class Unavailable(Exception):
    """A server cannot run here; says why and what to do."""


# --- servers -----------------------------------------------------------------------------------------------------


class Server:
    """One that takes part. Subclasses say how it is started."""

    name = "?"
    address = "127.0.0.1"
    warms_up = False  # whether it gets faster with use
    uploads_only = False  # whether it has nothing to say about other rows

    def __init__(self, place):
        self.place = place
        self.process = self.group = None
        self.port = 0
        self.windowsize = self.uploads = False
        self.no_uploads_because = ""

    def command(self):
        """The command line; may set self.port. A server that picks its port prints it as its first line."""
        raise NotImplementedError

    def environment(self):
        return dict(os.environ)

    def version(self):
        return ""

    def warm(self):
        """Whatever makes a freshly started server as fast as it gets. Each row is warmed up besides, see warms_up."""

    def cpu(self):
        """Seconds used so far, by the server and all that it started."""
        exact = self.group.cpu()
        return cpu_of_tree(self.process.pid) if exact is None else exact

    def running(self):
        return self.process is not None and self.process.poll() is None

    def start(self):
        self.port = 0
        command = [str(word) for word in self.command()]
        self.group = ControlGroup(self.name)
        log = open(self.place.work / f"{self.name.replace('/', '_')}.log", "a")
        self.process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=log if self.port else subprocess.PIPE, stderr=log,
            env=self.environment(), start_new_session=True, text=True, preexec_fn=self.group.join)
        log.close()
        if not self.port:
            line = self.process.stdout.readline().strip()
            if not line.isdigit():
                raise Unavailable(f"{self.name} did not start: {last_line(log.name)}")
            self.port = int(line)
        self.probe(log.name)
        self.warm()

    def probe(self, log):
        """Waits until it answers, and finds out what it can do."""
        deadline = time.monotonic() + 10
        while True:
            row = Row("probe", "probe", PROBE_SIZE, (), windowsize=16, seconds=1)
            result = self.place.load(self, row)
            if result["completed"]:
                break
            if not self.running() or time.monotonic() > deadline:
                raise Unavailable(f"{self.name} does not answer: {last_line(log) or result['first_error']}")
            time.sleep(0.1)
        self.windowsize = result["windowsize"] > 1
        written = self.place.load(self, dataclasses.replace(row, upload=True, seconds=2))
        self.uploads = written["completed"] == 1
        self.no_uploads_because = written["first_error"]
        self.forget_uploads()

    def forget_uploads(self):
        """Called after each run with uploads. What is kept would make the next run slower on a virtual machine: it takes
        memory of the page cache that the host has to be asked for, and what was deleted leaves some to be used again."""
        for uploaded in self.place.files.glob(f"{UPLOADS}*"):
            uploaded.unlink()

    def stop(self):
        if self.process is None:
            return
        # The first may start others until it is stopped; those may have left its process group.
        below = tree_below(self.process.pid)
        kill(self.process.pid)
        for pid in {*below, *self.group.members()}:
            kill(pid)
        self.process.wait()
        self.group.remove()
        if self.process.stdout:
            self.process.stdout.close()
        self.process.stdin.close()
        self.process = None


class Limit(Server):
    name = "limit"
    warms_up = True  # renders a file when it is first asked for

    def command(self):
        return [self.place.build / "limit", "--directory", self.place.files]


class StoringLimit(Limit):
    """The same, but with uploads it does what we have to: SHA-256, a file, the disk's word, then the last ACK."""

    name = "limit-store"
    uploads_only = True
    warms_up = False

    def command(self):
        folder = self.place.work / self.name
        folder.mkdir(exist_ok=True)
        return [*super().command(), "--store", folder]


class Compiled(Server):
    """One of ours: slow until the JVM's compiler has seen what is used much."""

    warms_up = True

    def warm(self):
        """Small and large blocks, windows, short transfers, uploads."""
        row = Row("warm", "warm-up", MIB, (), clients=50, transfers=100_000, seconds=1, time_box=True)
        paths = [row, dataclasses.replace(row, windowsize=16), dataclasses.replace(row, blksize=512),
                 dataclasses.replace(row, size=4 * KIB)]
        if self.uploads:
            paths.append(dataclasses.replace(row, size=16 * MIB, clients=10, upload=True))
        for _ in range(2):
            for path in paths:
                self.place.load(self, path)
            self.forget_uploads()


class Ours(Compiled):
    """The edge node's TFTP server, with the JVM options of compose/run."""

    def __init__(self, place, jdk, alone):
        super().__init__(place)
        self.jdk = jdk
        about = (jdk / "release").read_text() if (jdk / "release").exists() else ""
        match = re.search(r'^JAVA_VERSION="((\d+)[^"]*)"', about, re.MULTILINE)
        self.java, self.feature = (match.group(1), int(match.group(2))) if match else ("?", 0)
        self.name = "tftpdc" if alone else f"tftpdc/{jdk.name}"
        self.store = None

    def version(self):
        return f"JDK {self.java}"

    def command(self):
        if self.feature < 21:
            raise Unavailable(f"{self.name}: {self.jdk} is JDK {self.java}; expected the home of a JDK 21 or later")
        script = '. "$1"; java_home=$2 java_version=$3; set_jvm_flags; printf "%s\\n" "${jvm_flags[@]}"'
        flags = subprocess.run(
            ["bash", "-c", script, "-", HERE.parents[1] / "compose/lib/java.sh", self.jdk, str(self.feature)],
            check=True, capture_output=True, text=True).stdout.split("\n")
        options = os.environ.get("TFTPDC_JAVA_OPTS", "-Xmx512m").split()
        class_path = f"{self.place.build}/classes:{(self.place.build / 'class-path').read_text().strip()}"
        self.store = pathlib.Path(tempfile.mkdtemp(dir=self.place.work))
        return [self.jdk / "bin/java", *filter(None, flags), *options, "-cp", class_path,
                "io.tftpdc.edge.benchmark.BenchmarkServer", self.place.files, self.store, self.address]

    def stop(self):
        super().stop()
        if self.store:
            shutil.rmtree(self.store, ignore_errors=True)

    def forget_uploads(self):
        """They lie in the spool, since there is no Kafka to take them."""
        if self.running():
            print(file=self.process.stdin, flush=True)
            self.process.stdout.readline()


class Site(Compiled):
    """A whole site, as compose/up runs it: files come from Kafka, uploads go to Kafka before their last ACK, and every
    transfer is an event in Kafka. All of it shares the processors with the clients."""

    name = "tftpdc-site"
    patience = 120
    offset = 21_000  # beside a site of one's own, and below the ports that the kernel gives to clients

    def __init__(self, place, jdk):
        super().__init__(place)
        self.jdk, self.data = jdk, None

    def command(self):
        self.data = pathlib.Path(tempfile.mkdtemp(dir=self.place.work))
        self.port = 6969 + self.offset
        return [HERE.parents[1] / "compose/up", "--data-dir", self.data, "--port-offset", self.offset, "--listen",
                self.address, "--uploads", f"{UPLOADS}*"]

    def environment(self):
        return dict(os.environ, JAVA_HOME=str(self.jdk))

    def probe(self, log):
        deadline = time.monotonic() + self.patience
        api = f"http://127.0.0.1:{8080 + self.offset}"
        while not answers(f"{api}/health/ready"):
            if not self.running() or time.monotonic() > deadline:
                raise Unavailable(f"{self.name} is not ready: {last_line(log)}")
            time.sleep(0.5)
        for file in self.place.files.glob("*.bin"):
            if not answers(f"{api}/api/v1/tenants/default/files/{file.name}", file.read_bytes()):
                raise Unavailable(f"{self.name} does not take {file.name}: {last_line(log)}")
        super().probe(log)

    def stop(self):
        super().stop()
        if self.data:
            shutil.rmtree(self.data, ignore_errors=True)


def answers(url, content=None):
    """Whether a GET, or a PUT of content, succeeds."""
    request = urllib.request.Request(url, data=content, method="GET" if content is None else "PUT")
    try:
        with urllib.request.urlopen(request, timeout=60) as answer:
            return answer.status < 300
    except OSError:
        return False


class Peer(Server):
    """Somebody else's, from Debian's packages: installed, or unpacked for us."""

    program = ""
    packages = ()

    def folder(self):
        """Of its own: the packages of tftpd-hpa and atftpd hold files of the same name."""
        return self.place.build / "peers" / self.name

    def path(self):
        installed = shutil.which(self.program, path=os.environ.get("PATH", "") + ":/usr/sbin")
        if installed and self.is_it(installed):
            return installed
        unpacked = self.folder() / "usr/sbin" / self.program
        if not unpacked.exists():
            self.unpack()
        if not unpacked.exists():
            raise Unavailable(f"{self.name}: its package holds no {self.program}")
        return str(unpacked)

    def is_it(self, path):
        """Several packages call their server in.tftpd."""
        return True

    def unpack(self):
        self.folder().mkdir(parents=True, exist_ok=True)
        try:
            with tempfile.TemporaryDirectory() as folder:
                for package in self.packages:
                    subprocess.run(["apt-get", "download", package], cwd=folder, check=True, capture_output=True)
                for package in pathlib.Path(folder).glob("*.deb"):
                    subprocess.run(["dpkg", "-x", package, self.folder()], check=True)
        except (OSError, subprocess.CalledProcessError) as failure:
            raise Unavailable(f"{self.name} is not installed and apt-get download {' '.join(self.packages)} failed: "
                              f"install {self.packages[0]}, or leave it out with --servers") from failure

    def environment(self):
        environment = dict(os.environ)
        libraries = [str(folder) for folder in self.folder().glob("usr/lib/*-linux-gnu*")]
        environment["LD_LIBRARY_PATH"] = ":".join(libraries + [environment.get("LD_LIBRARY_PATH", "")]).strip(":")
        return environment

    def version(self):
        try:
            said = subprocess.run([self.path(), "--version"], env=self.environment(), capture_output=True, text=True)
        except OSError:
            return ""
        return (said.stdout + said.stderr).strip().split("\n")[0].split(",")[0].split("  ")[0]

    def needs_root(self, why):
        if os.geteuid() != 0:
            raise Unavailable(f"{self.name} needs root, because {why}; leave it out with --servers")


class TftpdHpa(Peer):
    name, program, packages = "tftpd-hpa", "in.tftpd", ("tftpd-hpa", "libwrap0")

    def is_it(self, path):
        return subprocess.run([path, "--version"], capture_output=True, text=True).stdout.startswith("tftp-hpa")

    def command(self):
        self.needs_root("it calls chroot and setuid")
        self.port = free_port(self.address)
        return [self.path(), "-L", "-a", f"{self.address}:{self.port}", "-s", "-c", "-p", "-u", "root",
                self.place.files]


class Dnsmasq(Peer):
    name, program = "dnsmasq", "dnsmasq"
    packages = ("dnsmasq-base", "libnetfilter-conntrack3", "libnfnetlink0")
    address = "127.0.69.1"

    def command(self):
        self.needs_root("it always listens on port 69")
        self.port = 69
        return [self.path(), "--keep-in-foreground", "--conf-file=/dev/null", "--pid-file=", "--port=0", "--no-resolv",
                "--no-hosts", "--user=root", "--bind-interfaces", f"--listen-address={self.address}", "--enable-tftp",
                f"--tftp-root={self.place.files}", "--tftp-max=20000", "--quiet-tftp", "--log-facility=/dev/null"]


class Atftpd(Peer):
    name, program, packages = "atftpd", "atftpd", ("atftpd", "libwrap0")

    def command(self):
        self.needs_root("it calls setuid")
        self.port = free_port(self.address)
        return [self.path(), "--daemon", "--no-fork", "--port", self.port, "--bind-address", self.address, "--user",
                "root.root", "--maxthread", "20000", "--logfile", "/dev/null", "--verbose=0", self.place.files]


LIMITS = {server.name: server for server in (Limit, StoringLimit)}
PEERS = {server.name: server for server in (TftpdHpa, Dnsmasq, Atftpd)}

# --- running -----------------------------------------------------------------------------------------------------


class Place:
    """Folders, and the load generator in them."""

    def __init__(self, build, work):
        self.build, self.work = build, work
        self.files = work / "files"
        self.files.mkdir()
        self.files.chmod(0o777)  # where servers that have dropped their rights put uploads
        make_files(self.files)

    def load(self, server, row, cpus=None, seed=1):
        name = UPLOADS if row.upload else file_name(row.size)
        command = [self.build / "load", "--server", f"{server.address}:{server.port}", "--file", name, "--content",
                   self.files / file_name(row.size), "--blksize", row.blksize, "--windowsize", row.windowsize,
                   "--clients", row.clients, "--transfers", row.transfers, "--seconds", row.seconds]
        command += ["--waves"] if row.waves else []
        command += ["--write"] if row.upload else []
        command += ["--time-box"] if row.time_box else []
        command += ["--loss", row.loss, "--seed", seed] if row.loss else []
        process = subprocess.Popen([str(word) for word in command], stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                                   text=True, preexec_fn=(lambda: os.sched_setaffinity(0, cpus)) if cpus else None)
        try:
            while process.poll() is None:
                try:
                    process.wait(1)
                except subprocess.TimeoutExpired:
                    if not server.running():
                        process.terminate()  # it has results all the same
        finally:
            process.kill()
        said, complaint = process.communicate()
        if process.returncode:
            raise RuntimeError(f"the load generator failed: {complaint.strip()}")
        return json.loads(said)


def why_not(server, row):
    """Why a row makes no sense with this server; empty when it does."""
    if server.uploads_only and not row.upload:
        return "differs from limit with uploads only"
    if row.upload and not server.uploads:
        return f"uploads not supported ({server.no_uploads_because})"
    if row.windowsize > 1 and not server.windowsize and not row.loss:
        return "windowsize not supported"
    return ""


def measure(server, row, seed):
    """One run of one row. A server that died or failed clients, and so may have more to do, is started anew for the next."""
    cpus = {max(os.sched_getaffinity(0))} if row.one_cpu else None
    everywhere = os.sched_getaffinity(0)
    if not server.running():
        server.start()
    if cpus:
        pin(server.process.pid, cpus)
    memory = PeakMemory(server.process.pid)
    before = server.cpu()
    run = server.place.load(server, row, cpus, seed)
    run["server_cpu_s"] = max(0.0, server.cpu() - before)
    run["peak_rss"] = memory.stop()
    run["died"] = not server.running()
    if run["died"] or run["failed"]:
        server.stop()
    elif cpus:
        pin(server.process.pid, everywhere)
    if row.upload:
        server.forget_uploads()
    return run


def run_rows(servers, rows, rounds, say):
    results = []
    for row in rows:
        result = {"row": row.key, "title": row.title, "runs": {server.name: [] for server in servers}, "skipped": {}}
        results.append(result)
        taking_part = []
        for server in servers:
            reason = why_not(server, row)
            if reason:
                result["skipped"][server.name] = reason
                if row.upload or not server.uploads_only:
                    say(f"{row.key}: {server.name}: {reason}")
            else:
                taking_part.append(server)
                if server.warms_up:
                    measure(server, row.warm_up(), seed=1)
        for number in range(1, rounds + 1):
            for server in list(taking_part):
                try:
                    run = measure(server, row, seed=number)
                except Unavailable as reason:  # it did not come back after the last run
                    server.stop()
                    say(f"{row.key} {number}/{rounds}: {reason}")
                    taking_part.remove(server)
                    continue
                result["runs"][server.name].append(run)
                say(f"{row.key} {number}/{rounds} {server.name}: " + ", ".join(
                    f"{metric.title} {shown(metric.value(run), metric)}" for metric in row.metrics)
                    + (", DIED" if run["died"] else "")
                    + (f" ({run['first_error']})" if run["first_error"] else ""))
                if run["failed"] > run["completed"] and number < rounds:
                    say(f"{row.key}: {server.name}: failed most of its clients, and is not asked to again")
                    taking_part.remove(server)
    return results


# --- the table ---------------------------------------------------------------------------------------------------


def shown(value, metric):
    return "–" if value is None else f"{value:,.{metric.digits}f}"


def median(runs, metric):
    values = [value for value in map(metric.value, runs) if value is not None]
    return statistics.median(values) if values else None


def cell(result, row, metric, server, limit, storing):
    """A figure, in brackets its share of limit and, in rows with uploads, of limit-store."""
    if server in result["skipped"]:
        return "–"
    value = median(result["runs"][server], metric)
    text = shown(value, metric)
    if metric.share and value is not None and limit and server != "limit":
        text += f" ({value / limit:.2f}"
        text += f"; {value / storing:.2f})" if storing and server != StoringLimit.name else ")"
    if metric is row.metrics[0]:
        if any(run["died"] for run in result["runs"][server]):
            text += " died"
        if row.windowsize > 1 and any(run["windowsize"] == 1 for run in result["runs"][server]):
            text += " w1"
    return text


def table(rows, results, servers):
    names = [server.name for server in servers]
    lines = ["| case | figure | " + " | ".join(names) + " |", "|---" * (len(names) + 2) + "|"]
    for row, result in zip(rows, results):
        for metric in row.metrics:
            limit = median(result["runs"].get("limit", []), metric)
            storing = median(result["runs"].get(StoringLimit.name, []), metric)
            cells = [cell(result, row, metric, name, limit, storing) for name in names]
            title = row.title if metric is row.metrics[0] else ""
            lines.append(f"| {title} | {metric.title} | " + " | ".join(cells) + " |")
    return "\n".join(lines)


def surroundings(servers, load_before):
    cpu = re.search(r"model name\s*: (.*)", pathlib.Path("/proc/cpuinfo").read_text())
    return {
        "date": datetime.datetime.now(datetime.timezone.utc).isoformat(timespec="seconds"),
        "cpu": cpu.group(1) if cpu else platform.machine(),
        "cpus": len(os.sched_getaffinity(0)),
        "kernel": platform.release(),
        "load_before": load_before,
        "servers": {server.name: server.version() for server in servers},
    }


# --- command line ------------------------------------------------------------------------------------------------


def arguments():
    parser = argparse.ArgumentParser(
        prog="edge-node/benchmark/run",
        description="Compares TFTP servers on this machine; medians over alternating rounds. "
                    "docs/how-to/benchmark.md explains the rows.")
    parser.add_argument("--quick", action="store_true", help="a quarter of the work and one round: does it run at all?")
    parser.add_argument("--rows", default="all", metavar="KEYS", help="comma-separated; --list shows them")
    parser.add_argument("--servers", default="limit,limit-store,tftpdc,tftpd-hpa,dnsmasq,atftpd", metavar="NAMES",
                        help="comma-separated, in the order of the columns (default: %(default)s)")
    parser.add_argument("--rounds", type=int, metavar="N", help="default 3, or 1 with --quick")
    parser.add_argument("--jdk", action="append", type=pathlib.Path, default=[], metavar="PATH",
                        help="run tftpdc with this JDK; may be repeated")
    parser.add_argument("--output", type=pathlib.Path, metavar="FOLDER",
                        help="where results.json and results.md go (default: edge-node/benchmark/target/results)")
    parser.add_argument("--list", action="store_true", help="list the rows and end")
    parser.add_argument("--build", type=pathlib.Path, required=True, help=argparse.SUPPRESS)
    parser.add_argument("--default-jdk", type=pathlib.Path, required=True, help=argparse.SUPPRESS)
    return parser, parser.parse_args()


def chosen_rows(parser, keys, quick):
    known = {row.key: row for row in ROWS}
    wanted = list(known) if keys == "all" else keys.split(",")
    unknown = [key for key in wanted if key not in known]
    if unknown:
        parser.error(f"unknown row {', '.join(unknown)}; expected some of {','.join(known)}")
    return [known[key].quick() if quick else known[key] for key in wanted]


def chosen_servers(parser, names, place, jdks):
    servers = []
    for name in names.split(","):
        if name in LIMITS:
            servers.append(LIMITS[name](place))
        elif name == "tftpdc":
            servers += [Ours(place, jdk, alone=len(jdks) == 1) for jdk in jdks]
        elif name == Site.name:
            servers.append(Site(place, jdks[0]))
        elif name in PEERS:
            servers.append(PEERS[name](place))
        else:
            parser.error(f"unknown server {name}; expected some of {','.join((*LIMITS, 'tftpdc', Site.name, *PEERS))}")
    return servers


def interrupted(signal_number, frame):
    raise KeyboardInterrupt  # so that servers are stopped and the folder goes


def main():
    signal.signal(signal.SIGTERM, interrupted)
    parser, options = arguments()
    if options.list:
        print("\n".join(f"{row.key:14} {row.title}" for row in ROWS))
        return
    rows = chosen_rows(parser, options.rows, options.quick)
    rounds = options.rounds or (1 if options.quick else 3)
    output = options.output or options.build / "results"
    load_before = os.getloadavg()[0]
    if load_before > 0.5:
        print(f"This machine is busy (load average {load_before:.1f}): compare shares, not figures.", file=sys.stderr)
    with tempfile.TemporaryDirectory(prefix="work-", dir=options.build) as folder:  # on a disk, as /tmp may not be
        os.chmod(folder, 0o755)
        place = Place(options.build, pathlib.Path(folder))
        servers = chosen_servers(parser, options.servers, place, options.jdk or [options.default_jdk])
        try:
            for server in list(servers):
                try:
                    server.start()
                except Unavailable as reason:
                    print(f"Left out: {reason}", file=sys.stderr)
                    server.stop()
                    servers.remove(server)
            results = run_rows(servers, rows, rounds, lambda line: print(line, file=sys.stderr))
            about = surroundings(servers, load_before)
        finally:
            for server in servers:
                server.stop()
    heading = (f"{about['cpus']} CPUs ({about['cpu']}), Linux {about['kernel']}, load before {load_before:.1f}, "
               f"{rounds} rounds{', quick' if options.quick else ''}, "
               + ", ".join(f"{name}: {version}" for name, version in about["servers"].items() if version))
    text = f"{heading}\n\n{table(rows, results, servers)}"
    output.mkdir(parents=True, exist_ok=True)
    (output / "results.json").write_text(
        json.dumps({"about": about, "quick": options.quick, "rounds": rounds, "rows": results}, indent=1) + "\n")
    (output / "results.md").write_text(text + "\n")
    print()
    print(text)
    print(f"\nEvery run is in {output}/results.json", file=sys.stderr)


if __name__ == "__main__":
    main()
