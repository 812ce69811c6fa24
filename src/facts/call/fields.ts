import { flag, text, texts } from '../fields.ts'
import type { FactOf } from '../types.ts'

export const callFields = {
  callee: text('What is called, as written and without arguments: `Redis.current.flushdb`, `heroku config:set`.'),
  name: text('Last part of the callee: `flushdb`; for a shell command its program.'),
  receiver: text('What it is called on: `Redis.current`; empty for a function, a constructor or a shell command.'),
  arguments: texts('Arguments as written, strings without their quotes; `key: value` for named ones. At most 20.'),
  command: text('Program of a shell command, without sudo, env, exec and the like; empty for a call in code.'),
  words: texts(
    'Program and arguments of a shell command, unquoted, with variables kept as `$NAME`; empty for a call in code.',
  ),
  variables: texts('`NAME=value` in front of a shell command, or given to env.'),
  line: text('Words of a shell command joined by blanks; empty for a call in code.'),
  language: text(
    'Language the call is written in: ruby, python, javascript, typescript, tsx or shell; of go, java, kotlin and php only calls that walk through or empty a key-value store are read.',
  ),
  pipedFrom: texts('Shell commands whose output is piped into this one, first to last.'),
  inLoop: flag('Stands in a loop, or in a block that runs once per element.'),
  loopOver: text('What the innermost loop goes over, as written; empty outside loops.'),
  inFunction: text('Innermost function, method or rake task it stands in; empty at the top level.'),
  onlyWhenCalled: flag('Stands in a function, task or callback, so loading the file does not run it.'),
  guarded: flag('Stands under a condition (if, unless, case, `&&` after a test).'),
  lowerOnly: flag(
    'Cannot run in production: it stands under a test for development or tests, or after a stop in production.',
  ),
  atBoot: flag('Runs each time a process starts.'),
  bootPlace: text(
    'Why it runs at boot: `Rails initializer`, `Node entry point`, `Procfile web process`; empty otherwise.',
  ),
  releasePhase: flag(
    'Runs once per deploy rather than in each process: Procfile `release`, fly release_command, Helm hook.',
  ),
  httpMethod: text('GET, POST, PATCH … of an HTTP request; empty when it is none, or when the method is not literal.'),
  url: text('Address of an HTTP request with its placeholders as written; empty when unknown.'),
  changes: text(
    'Which configuration of a hosting platform it changes: `Heroku config vars`, `the ECS service`; empty if none.',
  ),
  asks: text(
    'Which cloud control-plane API, limited to a few requests a second, it reads: `Route 53`, `EC2`; empty if none.',
  ),
  confirmed: flag('The function or script around it asks before it acts, or knows a dry run.'),
  remote: text('How it reaches another machine: ssh, ansible, pssh …; empty when it runs locally.'),
  fleet: text('Which many machines, tenants or namespaces it runs on, as written; empty for one.'),
  paced: flag('Runs on a part of the fleet, in batches, or stops or waits between machines.'),
  targetNamed: flag('Names the cluster, workspace or profile it acts on, itself or earlier in the script.'),
  unsetVariable: text(
    'For `rm -r`: variable in front of the path that can be empty here, so that the path becomes `/…`.',
  ),
  runsUrl: text('Address whose content this command executes, as in `curl … | bash`; empty if none.'),
  productionDefault: text(
    'Variable among its words or environment that means production, or everything, unless the caller says otherwise.',
  ),
  job: text(
    'Job of the CI workflow, service of compose, or process type of the Procfile it stands in; empty elsewhere.',
  ),
  targetLost: text(
    'Option by which the same command named its environment, cluster or account at base (`--env production`), and no longer does; empty else.',
  ),
  dryRunLost: flag('At base this file did a dry run by default (`dry_run: true`), at head it no longer does.'),
}

/** A call in source code, or a command in a shell script, that the change adds or alters. */
export type CallFact = FactOf<'call', typeof callFields>
