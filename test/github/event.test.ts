import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { readEvent } from '../../src/github/event.ts'
import { UserError } from '../../src/text/errors.ts'

const [a, b] = ['a'.repeat(40), 'b'.repeat(40)]
const repository = { default_branch: 'trunk' }

describe('an event', () => {
  test('pull_request gives both sides, the labels and the author', () => {
    const payload = {
      pull_request: {
        number: 7,
        title: 'T',
        user: { login: 'mona' },
        labels: [{ name: 'emergency' }, {}],
        base: { sha: a },
        head: { sha: b },
      },
      repository,
    }
    const pull = { number: 7, title: 'T', author: 'mona', labels: ['emergency'] }
    expect(readEvent('pull_request', payload, '')).toEqual({
      base: a,
      head: b,
      exact: false,
      configFrom: 'head',
      filesOf: 7,
      pull,
      defaultBranch: 'trunk',
    })
    expect(readEvent('pull_request_target', payload, '')).toMatchObject({ configFrom: 'base' })
    const from = (head: string) => ({
      ...payload,
      pull_request: {
        ...payload.pull_request,
        base: { ...payload.pull_request.base, repo: { full_name: 'shop/app' } },
        head: { ...payload.pull_request.head, repo: { full_name: head } },
      },
    })
    expect(readEvent('pull_request', from('stranger/app'), '')).toMatchObject({ configFrom: 'base' })
    expect(readEvent('pull_request', from('shop/app'), '')).toMatchObject({ configFrom: 'head' })
  })

  test('merge_group is compared with its own base', () => {
    const payload = {
      merge_group: { base_sha: a, head_sha: b, head_ref: `refs/heads/gh-readonly-queue/feature/x/pr-104-${a}` },
    }
    expect(readEvent('merge_group', payload, '')).toEqual({
      base: a,
      head: b,
      exact: true,
      configFrom: 'head',
      pullNumber: 104,
    })
  })

  test('push is compared with what was there, a new branch with the default branch, a deleted one not at all', () => {
    expect(readEvent('push', { before: a, after: b, repository }, '')).toEqual({
      base: a,
      head: b,
      exact: true,
      configFrom: 'head',
      defaultBranch: 'trunk',
    })
    expect(readEvent('push', { before: '0'.repeat(40), after: b, repository }, '')).toEqual({
      head: b,
      exact: false,
      configFrom: 'head',
      defaultBranch: 'trunk',
    })
    expect(readEvent('push', { before: a, after: '0'.repeat(40) }, '')).toBeUndefined()
  })

  test('workflow_dispatch is compared with the default branch', () => {
    expect(readEvent('workflow_dispatch', { repository }, a)).toEqual({
      head: a,
      exact: false,
      configFrom: 'head',
      defaultBranch: 'trunk',
    })
  })

  test('of any shape gives a target or a clear refusal', () => {
    const names = fc.constantFrom(
      'pull_request',
      'pull_request_target',
      'merge_group',
      'push',
      'workflow_dispatch',
      'issues',
      '',
    )
    fc.assert(
      fc.property(names, fc.jsonValue(), (name, payload) => {
        try {
          readEvent(name, payload, a)
        } catch (error) {
          expect(error).toBeInstanceOf(UserError)
        }
      }),
    )
  })
})
