import type { Reporter, TestModule } from 'vitest/node'

/** Ends a test run with `N passed, N failed` on a line of its own, which tools of any language can read. */
export const closingLine: Reporter = {
  onTestRunEnd(modules: readonly TestModule[]) {
    const states = modules.flatMap(module => [...module.children.allTests()].map(test => test.result().state))
    const broken = modules.filter(module => module.errors().length > 0).length
    const count = (state: string): number => states.filter(each => each === state).length
    console.log(`${count('passed')} passed, ${count('failed') + broken} failed, ${count('skipped')} skipped`)
  },
}
