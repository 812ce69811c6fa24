/** Functions and types that Python has without an import. */
export const pythonFunctions: ReadonlySet<string> = new Set(
  `
  abs aiter all anext any ascii bin bool breakpoint bytearray bytes callable chr classmethod compile complex copyright
  credits delattr dict dir divmod enumerate eval exec exit filter float format frozenset getattr globals hasattr hash
  help hex id input int isinstance issubclass iter len license list locals map max memoryview min next object oct open
  ord pow print property quit range repr reversed round set setattr slice sorted staticmethod str sum super tuple type
  vars zip copyright credits exit quit license
`
    .trim()
    .split(/\s+/),
)
