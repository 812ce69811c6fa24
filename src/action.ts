import { runAction, runnerDeps } from './commands/action.ts'

await runAction(runnerDeps)
