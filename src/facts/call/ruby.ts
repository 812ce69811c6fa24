import type { FrontEnd } from './front-end.ts'

export const ruby: FrontEnd = {
  grammars: ['ruby'],
  query: `
    (call) @call
    [(method) (singleton_method)] @function
    [(do_block) (block) (lambda)] @callback
    [(while) (until) (for) (while_modifier) (until_modifier)] @loop
    [(if) (unless) (if_modifier) (unless_modifier) (case) (conditional)] @condition
    (subshell) @shell
    (program (identifier) @bare) (body_statement (identifier) @bare) (block_body (identifier) @bare)
    (then (identifier) @bare) (if_modifier (identifier) @bare) (unless_modifier (identifier) @bare)
    (assignment left: [(identifier) (constant) (instance_variable) (global_variable)] @target right: (_) @value)`,
  parts(call) {
    const method = call.childForFieldName('method')
    const receiver = call.childForFieldName('receiver')
    if (method === null) return undefined
    const on = receiver === null ? '' : `${receiver.text}.`
    return {
      callee: on + method.text,
      name: method.text,
      receiver,
      nameStart: method.startIndex,
      arguments: call.childForFieldName('arguments'),
    }
  },
  functionName: node => node.childForFieldName('name')?.text ?? '',
  isDirect: (callback, owner) => callback.type !== 'lambda' && callback.endIndex === owner.endIndex,
  defers: (name, receiver) =>
    laterBlocks.test(name) || (name === 'new' && receiver === 'Proc') || (name === 'on' && !/config$/.test(receiver)),
  repeats:
    /^(each\w*|find_each|find_in_batches|in_batches|map|flat_map|collect|select|reject|times|upto|downto|step|loop|scan_each|each_slice|in_threads|in_processes)$/,
  startHooks: /^$/,
  runsShell: /(^|\.)(system|exec|spawn|capture2e?|capture3|popen2e?|popen3|popen|pipeline)$|^sh$/,
  strings: ['string'],
  placeholders: ['interpolation'],
  lists: ['array'],
  options: ['pair', 'hash', 'hash_splat_argument', 'block_argument'],
}

/** Methods that keep their block for a later event, request, task or exit. */
const laterBlocks =
  /^(task|multitask|file|rule|namespace|subscribe|lambda|proc|define_method|define_singleton_method|at_exit|trap|throttle|blocklist|safelist|track|rescue_from|rake_tasks|console|generators|scope|helper|helper_method|every|cron|schedule|schedule_every|in|callback|error_handler|register|before_send|validate|let|it|describe|context|(after|around)_(?!initialize$|fork$|worker_fork$|booted$)\w+|before_(?!fork$|initialize$|eager_load$|configuration$|worker_boot$)\w+|on_(worker_shutdown|restart|stopped|error|death|shutdown)|out_of_band|lowlevel_error_handler)$/
