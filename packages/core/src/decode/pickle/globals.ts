import { constructors } from './constructors.js'
import { type Constructor, type GlobalFinder, PickledGlobal } from './internal.js'

/** Python 2's names of what protocols before 3 refer to (`_compat_pickle`). */
const modulesOfPython2: ReadonlyMap<string, string> = new Map([
  ['__builtin__', 'builtins'],
  ['copy_reg', 'copyreg'],
  ['exceptions', 'builtins'],
])
const namesOfPython2: ReadonlyMap<string, string> = new Map([
  ['long', 'int'],
  ['unicode', 'str'],
  ['xrange', 'range'],
])

/** An Enum that pickles as its class and its one value. */
const soleArgument: Constructor = (args) => (args.length === 1 ? args[0] : undefined)

/** Finds classes and functions by name; those that are known, once and for all documents. */
export class Globals implements GlobalFinder {
  readonly #known = new Map<string, Map<string, PickledGlobal>>()
  readonly #newScalar: PickledGlobal
  readonly #oldScalar: PickledGlobal
  /** `numpy.dtype`, which every NumPy scalar needs. */
  readonly dtype: PickledGlobal

  /** @param enums - classes, as `module.Class`, that stand for their one argument. */
  constructor(enums: readonly string[]) {
    for (const [path, construct] of constructors) this.#add(path, construct)
    for (const path of enums) this.#add(path, soleArgument)
    this.#newScalar = this.find('numpy._core.multiarray', 'scalar')
    this.#oldScalar = this.find('numpy.core.multiarray', 'scalar')
    this.dtype = this.find('numpy', 'dtype')
  }

  find(module: string, name: string): PickledGlobal {
    return this.#known.get(module)?.get(name) ?? new PickledGlobal(module, name)
  }

  /** As {@link Globals.find}, by the names that Python 2 has for them. */
  findByOldName(module: string, name: string): PickledGlobal {
    const newModule = modulesOfPython2.get(module)
    if (newModule === undefined) return this.find(module, name)
    return this.find(newModule, namesOfPython2.get(name) ?? name)
  }

  /** Whether it is the function that makes NumPy's scalars. */
  isScalar(value: unknown): boolean {
    return value === this.#newScalar || value === this.#oldScalar
  }

  /** The function that makes NumPy's scalars: NumPy 1's or that of later ones. */
  scalarOf(isOld: boolean): PickledGlobal {
    return isOld ? this.#oldScalar : this.#newScalar
  }

  /** Under every way to part the path, since a class may be inside of another. */
  #add(path: string, construct: Constructor): void {
    for (let dot = path.indexOf('.'); dot !== -1; dot = path.indexOf('.', dot + 1)) {
      const module = path.slice(0, dot)
      const name = path.slice(dot + 1)
      const names = this.#known.get(module) ?? new Map<string, PickledGlobal>()
      names.set(name, new PickledGlobal(module, name, construct))
      this.#known.set(module, names)
    }
  }
}
