import type { FrontEnd } from './front-end.ts'

export const python: FrontEnd = {
  grammars: ['python'],
  query: `
    (call) @call
    (function_definition) @function
    (lambda) @callback
    [(for_statement) (while_statement) (list_comprehension) (generator_expression)] @loop
    [(if_statement) (conditional_expression) (match_statement)] @condition
    (assignment left: [(identifier) (attribute)] @target right: (_) @value)`,
  parts(call) {
    const callee = call.childForFieldName('function')
    if (callee === null) return undefined
    const args = call.childForFieldName('arguments')
    if (callee.type === 'attribute') {
      const name = callee.childForFieldName('attribute')
      if (name === null) return undefined
      return {
        callee: callee.text,
        name: name.text,
        receiver: callee.childForFieldName('object'),
        nameStart: name.startIndex,
        arguments: args,
      }
    }
    const name = callee.type === 'identifier' ? callee.text : ''
    return { callee: name || '(…)', name, receiver: null, nameStart: callee.startIndex, arguments: args }
  },
  functionName: node => node.childForFieldName('name')?.text ?? '',
  isDirect: callback => callback.parent?.type === 'argument_list',
  defers: name => !/^(map|filter|sorted|max|min|run)$/.test(name),
  repeats: /^(map|filter)$/,
  startHooks:
    /^(ready|on_starting|when_ready|post_fork|post_worker_init|on_startup|startup|startup_event|lifespan|create_app)$/,
  runsShell:
    /(^|\.)(system|popen|getoutput|getstatusoutput|create_subprocess_shell)$|(^|\.)?subprocess\.(run|call|check_call|check_output|Popen)$|^(check_call|check_output|Popen|local|sudo)$/,
  strings: ['string', 'concatenated_string'],
  placeholders: ['interpolation'],
  lists: ['list', 'tuple'],
  options: ['keyword_argument', 'dictionary_splat'],
}
