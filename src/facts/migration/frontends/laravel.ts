import { type PhpCall, type PhpValue, phpText } from '../../../artifact/php.ts'
import type { Operation } from '../operation.ts'
import { changeOf, handedTo, pagingOf, rowsOf, skippedBy, wholeTableOf } from './laravel-rows.ts'
import { schemaCall } from './laravel-schema.ts'
import { blueprintCall, isPlacing } from './laravel-table.ts'
import { boundOf, perform, runCallbacks, runFunction } from './laravel-walk.ts'
import { chainOf, type PhpChain, rootName } from './php-chain.ts'
import {
  type Blueprint,
  emit,
  emitSql,
  emitUnreadable,
  methodOf,
  type PhpScope,
  placeOfNode,
  pushStep,
} from './php-scope.ts'

/** Reads a call of Laravel, or of the file itself; false when it means nothing by itself, and its parts are looked at. */
export function laravelCall(call: PhpCall, scope: PhpScope): boolean {
  const chain = chainOf(call)
  const root = rootName(chain)
  const bound = chain.root.kind === 'name' ? scope.locals.get(chain.root.name) : undefined
  if (bound?.kind === 'blueprint') return onBlueprint(chain, bound, scope)
  const schema = schemaLinks(chain, root)
  if (schema) {
    for (const link of schema) schemaCall(link, scope, runWith)
    return true
  }
  if (database(chain, root, scope)) return true
  if (rows(call, scope)) return true
  const method = methodOf(call, scope)
  if (method) {
    for (const value of call.arguments) if (value.kind !== 'function') perform(value, scope)
    runFunction(
      method,
      call.arguments.map(value => given(value, scope)),
      scope,
    )
    return true
  }
  if (callback(call, scope)) return true
  return elsewhere(call, root, scope)
}

const given = (value: PhpValue, scope: PhpScope) =>
  (value.kind === 'name' ? scope.locals.get(value.name) : undefined) ?? boundOf(value, scope)

function onBlueprint({ links }: PhpChain, blueprint: Blueprint, scope: PhpScope): boolean {
  const [first] = links
  if (!first) return false
  if (isPlacing(first)) {
    runCallbacks(first, scope, [{ ...blueprint, placed: true }])
    return true
  }
  // `$table->when($flag, fn ($table) => …)`
  if (/^(when|unless|tap)$/.test(first.name)) return runCallbacks(first, scope, [blueprint])
  blueprintCall(links, blueprint, scope)
  return true
}

/** The calls that a schema builder answers; undefined for other chains. */
function schemaLinks({ links, root }: PhpChain, name: string): readonly PhpCall[] | undefined {
  if (name === 'Schema') return links
  const builder = links.findIndex(link => link.name === 'getSchemaBuilder')
  if (builder >= 0) return links.slice(builder + 1)
  if (/^(\$this->)?\$?(schema|schemaBuilder|builder)$/i.test(name)) return links
  return root.kind === 'call' && root.name === 'app' && /schema/.test(phpText(root.arguments[0]) ?? '')
    ? links
    : undefined
}

/** Runs the closure of `Schema::table` with its blueprint; false when there is none. */
function runWith(call: PhpCall, scope: PhpScope, blueprint: Blueprint | undefined): boolean {
  return runCallbacks(call, scope, [blueprint])
}

const runsSql =
  /^(statement|unprepared|update|delete|insert|affectingStatement|query|executeStatement|executeQuery|exec|execute)$/

/** `DB::statement('…')`, `DB::connection(…)->update('…')`, `$this->addSql('…')`. */
function database({ links, root }: PhpChain, name: string, scope: PhpScope): boolean {
  if (name === '$this' && links[0]?.name === 'addSql') {
    emitSql(scope, placeOfNode(links[0].node), links[0].arguments[0], 'names')
    return true
  }
  const own =
    name === 'DB' ||
    /^(\$this->)?\$?(db|pdo|conn|connection|database)$/i.test(name) ||
    (root.kind === 'call' && root.name === 'app' && /^db/.test(phpText(root.arguments[0]) ?? '')) ||
    links[0]?.name === 'getConnection'
  if (!own) return false
  const [link] = links.filter(one => !/^(connection|getConnection|getPdo|getRawPdo|getWritePdo)$/.test(one.name))
  if (!link || link.name === 'table' || link.name === 'query') {
    if (link?.name === 'query' && link.arguments.length > 0 && /text/.test(link.arguments[0]?.kind ?? '')) {
      emitSql(scope, placeOfNode(link.node), link.arguments[0], 'questions')
      return true
    }
    return false
  }
  const place = placeOfNode(link.node)
  if (runsSql.test(link.name)) {
    const marks =
      link.arguments.length > 1
        ? link.arguments[1]?.kind === 'array' && hasKeys(link)
          ? 'names'
          : 'questions'
        : 'none'
    emitSql(scope, place, link.arguments[0], marks)
    return true
  }
  if (link.name === 'transaction') {
    transaction(link, scope)
    return true
  }
  if (link.name === 'beginTransaction') pushStep(scope, { kind: 'begin', looped: scope.looped, ...place })
  else if (/^(commit|rollBack)$/.test(link.name))
    pushStep(scope, { kind: link.name === 'commit' ? 'commit' : 'rollback', ...place })
  else return runCallbacks(link, scope)
  return true
}

const hasKeys = (call: PhpCall): boolean =>
  call.arguments[1]?.kind === 'array' && call.arguments[1].entries.some(entry => entry.key !== undefined)

/** Inside the migration's own transaction a further one changes nothing; the walk knows whether there is one. */
function transaction(call: PhpCall, scope: PhpScope): void {
  const place = placeOfNode(call.node)
  const { span } = place
  const own = !scope.file.wrapped
  if (own)
    pushStep(scope, {
      kind: 'begin',
      looped: scope.looped,
      text: place.text,
      span: { ...span, endLine: span.line, endColumn: span.column + 1 },
    })
  runCallbacks(call, scope)
  if (own)
    pushStep(scope, {
      kind: 'commit',
      text: place.text,
      span: { ...span, line: span.endLine, column: Math.max(1, span.endColumn - 1) },
    })
}

/** A call on a query, a model or a record. */
function rows(call: PhpCall, scope: PhpScope): boolean {
  const before =
    call.receiver?.kind === 'name' && /^[A-Z]/.test(call.receiver.name)
      ? modelItself(call, scope)
      : rowsOf(call.receiver, scope)
  // `(new UserSeeder)->run()` is no record.
  if (!before || /^(run|handle|__invoke)$/.test(call.name)) return false
  const change = changeOf(call, before)
  if (change) emit(scope, placeOfNode(call.node), [skipping(change, skippedBy(call, change, scope.paging))])
  const handed = handedTo(call, before)
  const loops = handed !== undefined || /^(each|map|filter|chunk|lazy)/.test(call.name)
  const whole = handed?.record === 'each' ? wholeTableOf(before) || scope.whole : scope.whole
  const paging = pagingOf(call, before)
  const inside = loops ? { ...scope, looped: true, whole, ...(paging ? { paging } : {}) } : scope
  runCallbacks(call, inside, [handed])
  if (call.receiver) perform(call.receiver, scope)
  for (const value of call.arguments) if (value.kind !== 'function') perform(value, scope)
  return true
}

const skipping = (change: Operation, skips: string | undefined): Operation =>
  skips !== undefined && (change.op === 'update-rows' || change.op === 'delete-rows') ? { ...change, skips } : change

/** `User::truncate()`, `User::chunk(…)`: the rows before the call are all of the model's. */
function modelItself(call: PhpCall, scope: PhpScope): ReturnType<typeof rowsOf> {
  const of = call.receiver
  return of &&
    rowsOf({ ...call, name: 'query', receiver: of, arguments: [] }, scope) &&
    /^(truncate|destroy|chunk\w*|each\w*)$/.test(call.name)
    ? rowsOf({ ...call, name: 'query', receiver: of, arguments: [] }, scope)
    : undefined
}

const iterates = /^(each\w*|map\w*|transform|filter|reject|flatMap|array_map|array_walk|array_filter|reduce|times)$/

/** A call that runs a function it is handed: over a list that is written out it is unrolled. */
function callback(call: PhpCall, scope: PhpScope): boolean {
  const functions = call.arguments.filter(value => value.kind === 'function')
  if (functions.length === 0) {
    // `$add('users')`: a closure of the file.
    const own = scope.locals.get(call.name)
    if (own?.kind !== 'function') return false
    runFunction(
      own.node,
      call.arguments.map(value => given(value, scope)),
      scope,
    )
    return true
  }
  if (call.receiver) perform(call.receiver, scope)
  if (!iterates.test(call.name)) return runCallbacks(call, scope)
  const over = call.receiver?.kind === 'array' ? call.receiver : call.arguments.find(value => value.kind === 'array')
  if (over?.kind === 'array' && over.entries.length <= 200) {
    for (const [at, { key, value }] of over.entries.entries())
      runCallbacks(call, scope, [value, { kind: 'text', text: key ?? String(at), pieces: [], holes: 0 }])
    return true
  }
  return runCallbacks(call, { ...scope, looped: true })
}

/** Code of other files that is handed the table, or that runs commands and seeders. */
function elsewhere(call: PhpCall, root: string, scope: PhpScope): boolean {
  const handsTable = call.arguments.some(
    value => value.kind === 'name' && scope.locals.get(value.name)?.kind === 'blueprint',
  )
  const runs =
    (root === 'Artisan' && /^(call|queue)$/.test(call.name)) ||
    (/^(run|handle|__invoke|dispatch|dispatchSync|dispatch_sync|dispatchNow)$/.test(call.name) && root !== '$this') ||
    (/^(\$this|parent|self|static)$/.test(root) && call.receiver?.kind === 'name' && !inherited.test(call.name))
  if (!handsTable && !runs) return false
  emitUnreadable(scope, placeOfNode(call.node), `what \`${call.name}\` does stands in another file`)
  return true
}

/** Methods that the base class of migrations or a console command has, and questions. */
const inherited =
  /^(getConnection|shouldRun|info|warn|warnIf|abortIf|skipIf|write|line|comment|error|note|output|getOutput|(is|has|get|find|check|should|can)[A-Z]\w*|quote\w*)$/
