/** A pause between two attempts. */
export const pauses =
  /sleep|back_?off|delay|setTimeout|\bwait|jitter|pause|throttle|rate_?limit|perform_in|interval|next_?tick\(/i

/** Code that waits for something by itself before it can fail. */
export const blocks =
  /\b(pop|shift|recv\w*|receive\w*|accept|poll|read\w*|gets|select|consume\w*|subscribe|listen|take|bl?r?pop\w*|next|input|pull|dequeue|reserve|get_message|getMessage|communicate|join|serve\w*|run_forever|each_message|watch|stream|xread\w*|gather)\s*(\(|\b)|\.get\(\s*\)|\bawait\b[^\n]*\b(next|read|receive|take|pop)/i

/** A statement that only notes what happened. */
export const notes =
  /^(?:await\s+)?(?:(?:self|this|@?\w+|Rails|[A-Z]\w*(?:::[A-Z]\w*)*)[.:]{1,2})*(?:@?_?log(?:ger|ging)?|LOG(?:GER)?|console|\$stderr|\$stdout|STDERR|STDOUT|Sentry|Raven|Honeybadger|Bugsnag|Airbrake|Rollbar|sentry_sdk|traceback|puts|warn|print|pp|p|log_\w+|statsd|metrics)\b/

export const logs = /log|console|stderr|stdout|STD|puts|warn|print|^pp?\b/i

/** Does the statement write the whole error? */
export const traces =
  /full_message|backtrace|exc_info|\.exception\(|traceback|print_exc|format_exc|\.stack\b|stack_info|console\.\w+\((?:[^()]*,\s*)?(?:e|err|error|ex|exception)\s*[,)]/i
