import type { FrontEnd } from './front-end.ts'

export const javascript: FrontEnd = {
  grammars: ['javascript', 'typescript', 'tsx'],
  query: `
    [(call_expression) (new_expression)] @call
    [(function_declaration) (generator_function_declaration) (method_definition)] @function
    [(arrow_function) (function_expression)] @callback
    [(for_statement) (for_in_statement) (while_statement) (do_statement)] @loop
    [(if_statement) (ternary_expression) (switch_statement)] @condition
    (variable_declarator name: (identifier) @target value: (_) @value)`,
  parts(call) {
    const callee = call.childForFieldName('function') ?? call.childForFieldName('constructor')
    if (callee === null) return undefined
    const args = call.childForFieldName('arguments')
    const isNew = call.type === 'new_expression' ? 'new ' : ''
    if (callee.type === 'member_expression') {
      const property = callee.childForFieldName('property')
      if (property === null) return undefined
      const receiver = callee.childForFieldName('object')
      return {
        callee: isNew + callee.text,
        name: property.text,
        receiver,
        nameStart: property.startIndex,
        arguments: args,
      }
    }
    const name = callee.type === 'identifier' ? callee.text : ''
    return { callee: isNew + (name || '(…)'), name, receiver: null, nameStart: callee.startIndex, arguments: args }
  },
  functionName(node) {
    const own = node.childForFieldName('name')?.text
    if (own !== undefined) return own
    const parent = node.parent
    return parent?.type === 'variable_declarator' ? (parent.childForFieldName('name')?.text ?? '') : ''
  },
  isDirect(callback, owner) {
    const args = owner.childForFieldName('arguments')
    if (args === null || callback.startIndex < args.startIndex) return true
    return callback.parent?.type === 'arguments'
  },
  defers: name =>
    !/^(|then|catch|finally|forEach|map|filter|reduce|flatMap|listen|nextTick|setImmediate|queueMicrotask|whenReady|ready|Promise|all|race|bootstrap|connect|retry|withRetry|pRetry|once|run|start|call|apply|every|some)$/.test(
      name,
    ),
  repeats: /^(forEach|map|filter|flatMap|reduce|every|some|eachSeries|eachLimit|mapSeries|mapLimit)$/,
  startHooks: /^(onModuleInit|onApplicationBootstrap)$/,
  runsShell:
    /(^|\.)(exec|execSync|spawn|spawnSync|execFile|execFileSync|execa|execaSync|execaCommand|execaCommandSync|command|commandSync|\$)$/,
  strings: ['string', 'template_string'],
  placeholders: ['template_substitution'],
  lists: ['array'],
  options: ['object', 'arrow_function', 'function_expression'],
}
