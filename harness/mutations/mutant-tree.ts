import { join } from "node:path";
import { UsageError } from "../base/errors.ts";
import { cacheDir } from "../base/paths.ts";
import type { Shell } from "../base/shell.ts";
import type { Base } from "../kernel/bases.ts";
import { planKernel } from "../kernel/build.ts";
import { BUILD_LOG, ccacheForPair, compile, makeCommand } from "../kernel/compile.ts";
import { configureTree } from "../kernel/config.ts";
import { makeEnvironment, type Toolchain } from "../kernel/toolchain.ts";
import { BUILD_DIR, makeTree } from "../kernel/tree.ts";
import { type BuildVariant, RECIPES, type Recipe } from "../kernel/variant.ts";
import { applyToTree } from "../series/apply.ts";
import type { Mutation } from "./mutation.ts";

/**
 * A tree with the series in which one mutant after the other is built, so that each costs the few files it touches and
 * a link. Mutants never come near the cache of kernels: nobody can boot one by mistake.
 */
export class MutantTree {
  readonly #shell: Shell;
  readonly #dir: string;
  readonly #recipe: Recipe;
  readonly #command: string[];
  readonly #environment: Record<string, string>;

  private constructor(
    $: Shell,
    dir: string,
    recipe: Recipe,
    toolchain: Toolchain,
    environment: Record<string, string>,
  ) {
    this.#shell = $;
    this.#dir = dir;
    this.#recipe = recipe;
    this.#command = makeCommand(toolchain, "-mutant", recipe.target);
    this.#environment = environment;
  }

  /**
   * Lays out the pristine source with the series, configured as the variant is; what was there before goes away.
   * @throws what {@link planKernel} throws; UsageError PATCH_DOES_NOT_APPLY, CONFIG_NOT_HONOURED
   */
  static async make($: Shell, base: Base, variant: BuildVariant, fragments: string[] = []): Promise<MutantTree> {
    const { source, patches, fragments: all, toolchain } = await planKernel($, { base, variant, fragments });
    const recipe = RECIPES[variant];
    const dir = cacheDir("mutants", `${base.name}-${variant}`);
    await makeTree($, source.dir, patches, dir, `${source.packageName} ${source.version}`);
    const config = await configureTree($, dir, all, recipe.arch);
    const environment = { ...makeEnvironment(recipe.arch), ...(await ccacheForPair($, dir, config)) };
    return new MutantTree($, dir, recipe, toolchain, environment);
  }

  /**
   * Builds the series as it is.
   * @returns path of the image
   * @throws InfrastructureError KERNEL_BUILD_FAILED
   */
  async build(onStep: (file: string) => void = () => {}): Promise<string> {
    // The count of steps would go on from the mutant before.
    await this.#shell.files.write(join(this.#dir, BUILD_LOG), "");
    await compile(this.#shell, this.#dir, this.#command, this.#environment, (_, file) => onStep(file));
    return join(this.#dir, BUILD_DIR, this.#recipe.image);
  }

  /**
   * Builds a mutant, lets `use` have it, and heals the tree, whatever happens.
   * @throws UsageError MUTATION_DOES_NOT_APPLY with git's words; InfrastructureError KERNEL_BUILD_FAILED
   */
  async withMutant<T>(mutation: Mutation, use: (imagePath: string) => Promise<T>): Promise<T> {
    await this.#apply(this.#shell, mutation);
    try {
      return await use(await this.build());
    } finally {
      await this.#apply(this.#shell({ interruptWith: "nothing" }), mutation, "--reverse");
    }
  }

  async #apply($: Shell, mutation: Mutation, ...how: string[]): Promise<void> {
    const finished = await applyToTree($, this.#dir, mutation.path, ...how);
    if (finished.exitCode === 0) return;
    throw new UsageError({
      code: "MUTATION_DOES_NOT_APPLY",
      message: `The mutation ${mutation.name} does not apply to the series.`,
      detail: finished.stderr.trim(),
      remedy: "The series has changed there: make the mutation again on top of it.",
    });
  }
}
