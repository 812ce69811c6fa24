import { expect, test } from 'vitest'
import { loadArtifacts } from '../../../src/artifact/load.ts'
import { changeInMemory } from '../../../src/change/memory.ts'
import { nameKind } from '../../../src/facts/name/index.ts'

async function names(path: string, head: string) {
  const change = changeInMemory({ files: [{ path, head }] })
  const config = {
    rules: {},
    ignore: [],
    databases: [],
    tables: {},
    environments: { production: [], lower: [] },
    schedules: [],
  }
  const { artifacts } = await loadArtifacts(change, config)
  const extract = await nameKind.load()
  return (await extract({ change, artifacts, config, now: new Date(0) }, artifacts.filter(nameKind.wants))).facts
}

test.each([
  ['a.php', '<?php $a = arrray(1);', 'array'],
  ['a.php', '<?php $a = arrya(1);', 'array'],
  ['a.php', '<?php echo array_mrege($a, $b);', 'array_merge'],
  ['a.py', 'x = srted(y)\n', undefined],
  ['a.py', 'x = sorrted(y)\n', 'sorted'],
])('%s: %s', async (path, text, builtin) => {
  expect(await names(path, text)).toMatchObject(builtin === undefined ? [{ builtin: 'sorted' }] : [{ builtin }])
})

test.each([
  ['a.php', '<p>arrray(1)</p>'],
  ['a.php', "<?php $x->arrray(1); X::arrray(2); 'arrray(3)'; /* arrray(4) */"],
  ['a.php', '<?php function arrray() {} arrray(1);'],
  ['a.php', '<?php keys($a); counts($b); datess();'],
  ['a.py', 'from x import *\nsorrted(y)'],
  ['a.py', '"""\nsorrted(y)\n"""'],
  ['a.py', ''],
])('%s: %s says nothing', async (path, text) => {
  expect((await names(path, text)).filter(fact => 'builtin' in fact && fact.builtin !== 'date')).toEqual([])
})
