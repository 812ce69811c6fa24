/** A function that a queue calls by its name. */
export interface Task {
  readonly name: string
  /** The name in the queue: told by `name=`, else the module and the function. */
  readonly stored: string
  readonly line: number
}

const decorator = /^\s*@(?:\w+\.)*(?:shared_task|task|actor|periodic_task|db_task|job)\b(.*)$/

/** Tasks of Celery, Dramatiq and Huey that a Python file declares. */
export function pythonTasks(path: string, text: string): readonly Task[] {
  if (!/\b(celery|shared_task|dramatiq|huey|django_rq)\b|\.task\b/.test(text)) return []
  const module = path
    .replace(/\.py$/, '')
    .replace(/\/__init__$/, '')
    .replaceAll('/', '.')
  const lines = text.split('\n')
  return lines.flatMap((line, at): readonly Task[] => {
    const found = decorator.exec(line)
    if (found === null) return []
    const next = lines.findIndex(
      (one, index) => index > at && index < at + 15 && /^\s*(?:async\s+)?def\s+\w+/.test(one),
    )
    const name = next === -1 ? undefined : /def\s+(\w+)/.exec(lines[next] ?? '')?.[1]
    if (name === undefined) return []
    const told = /\bname\s*=\s*["']([^"']+)["']/.exec(lines.slice(at, next).join(' '))?.[1]
    return [{ name, stored: told ?? `${module}.${name}`, line: next + 1 }]
  })
}
