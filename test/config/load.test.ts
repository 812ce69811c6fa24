import { expect, test } from 'vitest'
import { loadConfig } from '../../src/config/load.ts'

const read = (files: Record<string, string>) => async (path: string) => files[path]
test('defaults', async () => {
  expect(await loadConfig(read({}))).toMatchInlineSnapshot(`
    {
      "databases": [],
      "environments": {
        "lower": [],
        "production": [],
      },
      "ignore": [],
      "rules": {},
      "schedules": [],
      "schemas": {},
      "tables": {},
    }
  `)
})
test('bad', async () => {
  await expect(
    loadConfig(read({ 'premortem.yml': 'rulez: {}\nrules:\n  a/b: of\nwindow:\n  timezone: Mars/X\n' })),
  ).rejects.toThrowErrorMatchingInlineSnapshot(`
    [UserError: premortem.yml:1: unknown key "rulez" (did you mean "rules"?)
    premortem.yml:3: "of" is not one of off, notice, warning, error (did you mean "off"?) in rules.a/b]
  `)
})
