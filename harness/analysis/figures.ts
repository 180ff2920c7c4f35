import type { ArmName } from "../run/arm-name.ts";
import type { CpuUse, Fingerprint, Phases, PoolPages, RefillCurve, Thp } from "../run/sample.ts";
import type { BootLine, Estimate } from "../stats/line.ts";
import type { RemovableShare } from "../stats/removable-share.ts";
import type { Verdict } from "../stats/verdict.ts";

/** A fingerprint without the parts in which the arms of a run differ. */
export type Setting = Omit<Fingerprint, "kernelRelease" | "kernelImageSha256" | "kernelConfigSha256" | "kernelVariant">;

/** What is held equal when arms are compared. */
export type Configuration = { scenario: string; thp: Thp; memoryBytes: number };

/** An arm against base; figures are medians of per-boot medians, in the unit of the run (see quantityOf). */
export type Effect = Configuration & {
  armName: ArmName;
  base: number;
  arm: number;
  /** base / arm: above 1 the arm is faster. */
  ratio: number;
  /** 95 % interval of the ratio; null with too few boots. */
  low: number | null;
  high: number | null;
  /** Boots per arm; the smaller number when they differ. */
  boots: number;
  /** Exact two-sided permutation test; null where the number of boots cannot reach 0.05. */
  p: number | null;
  /** Smallest p that this number of boots can give. */
  smallestP: number;
  verdict: Verdict;
  /**
   * How far apart two halves of the base kernel may have been in this configuration, as a ratio of at least 1; null
   * where base-again was not measured or had too few boots.
   */
  noiseFloor: number | null;
  /** Share (0 to 1) of the pages counted during the arm's creations that came zeroed; null without the series. */
  hitRate: number | null;
  /**
   * CPU time of the host under test for a round, from a full pool to a full pool again, arm / base; null where the run
   * does not tell it apart.
   */
  cpuRatio: number | null;
  /** Median time until the pool was full again after such a round, seconds; null where nothing was waited for. */
  refillSeconds: number | null;
};

/** An arm between base and the kernel that never clears; figures as those of an effect. */
export type Removable = Configuration & {
  armName: ArmName;
  base: number;
  arm: number;
  limit: number;
  /** Null where base - limit is not clearly above zero. */
  share: RemovableShare | null;
};

/** What numbers of boots show of an arm, planned from the boots of a run. */
export type Plan = Configuration & {
  armName: ArmName;
  /** Boots that the spreads come from. */
  pilotBoots: { base: number; arm: number };
  /** Standard deviation of the logarithm of per-boot medians. */
  baseSpread: number;
  armSpread: number;
  /** Smallest base/arm (or arm/base) that so many boots an arm show; null where they can show nothing. */
  shown: { boots: number; ratio: number | null }[];
};

/** Boots and rounds far from the rest; they are in all figures. */
export type Outliers = {
  /** Groups of values that were looked at: chance alone names a value in some of them. */
  groups: number;
  values: Outlier[];
};

export type Outlier = Configuration & {
  arm: ArmName;
  boot: number;
  /** Null when it is the boot's median that is far from those of the other boots. */
  round: number | null;
  seconds: number;
  /** Of the values that it was compared with. */
  median: number;
  /** Scaled MADs from that median, below it negative. */
  distance: number;
};

/** One arm in one configuration. */
export type Cell = Configuration & {
  arm: ArmName;
  /** Median of per-boot medians, seconds. */
  median: number;
  boots: CellBoot[];
  /** Secondary figures by their names, each the median of per-boot medians. */
  values: Record<string, number>;
  cost: Cost;
};

export type CellBoot = { boot: number; median: number; rounds: { round: number; seconds: number }[] };

/** Middle and longest of several waits, seconds. */
export type Waits = { median: number; max: number };

/** What the rounds of a cell cost and found; a value is null where nothing was counted or waited for. */
export type Cost = {
  hitRate: number | null;
  /** Share (0 to 1) of free memory zeroed when a round began. */
  poolBefore: { min: number; median: number } | null;
  /** Rounds that began below the run's pool threshold. */
  roundsBelowThreshold: number;
  hugeShare: { min: number; median: number } | null;
  /** The wait before a round. */
  waitSeconds: Waits | null;
  /** Until the pool was full again after the VM of a round. */
  refillSeconds: Waits | null;
  /** CPU time of a round, from a full pool to a full pool again: mean (see turnCpu). */
  cpu: CpuUse | null;
  /** Mean per round, counted from the end of the round before (or from the boot), so a first fill is in it. */
  workerCpuSeconds: number | null;
  /** Mean per round: the QEMU process that was created, user and system. */
  qemuCpuSeconds: number | null;
};

/** Phases of one arm's creations in one configuration. */
export type PhaseCell = Configuration & {
  arm: ArmName;
  /** Median of per-boot medians of each phase that there was, seconds. */
  seconds: Phases;
  rounds: number;
  /** Rounds whose trace told no phases. */
  untold: number;
};

/** CPU time of the host under test from its boot on; means per boot, seconds. */
export type ArmTotal = {
  arm: ArmName;
  boots: number;
  creations: number;
  hostCpuSeconds: number;
  workerCpuSeconds: number | null;
  /** What became of free memory to the end of the last round; null where the kernel or the run does not tell. */
  pages: PoolPages | null;
  /** All waits for the pool. */
  waitSeconds: number;
  /** From the boot, once the arm was set up, until the pool was full; null in an arm without one. */
  firstFillSeconds: Waits | null;
  /** Whether the refill after the last VM of each boot is in it; otherwise it ends with that VM. */
  toFullPool: boolean;
};

/** How an arm's pool filled: from the boot on, or after VMs of the headline's size. */
export type FillGroup = {
  arm: ArmName;
  after: "boot" | { thp: Thp; memoryBytes: number };
  seconds: Waits;
  /** Those that were recorded. */
  curves: { boot: number; curve: RefillCurve }[];
};

/** Time over VM size for one arm. */
export type Sweep = {
  scenario: string;
  thp: Thp;
  arm: ArmName;
  sizes: { memoryBytes: number; median: number; bootMedians: number[] }[];
  line: null | {
    method: BootLine["method"];
    secondsPerGib: Estimate;
    interceptSeconds: Estimate;
    /** Largest |mean over boots - line| / line over the measured sizes: what the straight line does not explain. */
    worstDeparture: number;
  };
  /** Never measured: the line carried on to a larger VM. */
  projection: null | {
    memoryBytes: number;
    /** Null where the line does not clearly rise: carried on, noise would become a time, a negative one even. */
    seconds: Estimate | null;
    /** How many times larger than the largest measured size. */
    beyond: number;
  };
};
