import { getOctokit } from '@actions/github'
import { decode } from '../change/content.ts'
import type { Content } from '../change/types.ts'

/** One changed file as GitHub lists it. */
export interface ListedFile {
  readonly filename: string
  readonly status: string
  readonly previous_filename?: string
  /** The hunks without file headers; missing for binary, huge and merely renamed files. */
  readonly patch?: string
}

/** The few questions put to GitHub, all of them reading. */
export interface Api {
  /** Where head left base. */
  mergeBase(base: string, head: string): Promise<string>
  /** Changed files, 3,000 at most. */
  pullFiles(number: number): Promise<readonly ListedFile[]>
  /** Changed files between two commits, 300 at most. */
  compareFiles(base: string, head: string): Promise<readonly ListedFile[]>
  /** A file at a commit; undefined when it does not exist there. */
  content(path: string, commit: string): Promise<Content | undefined>
  /** Every path at a commit; undefined when there are too many to list. */
  paths(commit: string): Promise<readonly string[] | undefined>
  labels(number: number): Promise<readonly string[]>
}

const perPage = 100

export function githubApi(token: string, repository: string): Api {
  const [owner = '', repo = ''] = repository.split('/')
  const octokit = getOctokit(token)
  const compare = async (base: string, head: string) =>
    (await octokit.rest.repos.compareCommitsWithBasehead({ owner, repo, basehead: `${base}...${head}` })).data
  return {
    mergeBase: async (base, head) => (await compare(base, head)).merge_base_commit.sha,
    pullFiles: async number =>
      octokit.paginate(octokit.rest.pulls.listFiles, { owner, repo, pull_number: number, per_page: perPage }),
    compareFiles: async (base, head) => (await compare(base, head)).files ?? [],
    content: async (path, commit) => {
      try {
        const { data } = await octokit.rest.repos.getContent({ owner, repo, path, ref: commit })
        return contentOf(data)
      } catch (error) {
        if (statusOf(error) === 404) return undefined
        throw error
      }
    },
    paths: async commit => {
      const { data } = await octokit.rest.git.getTree({ owner, repo, tree_sha: commit, recursive: 'true' })
      return data.truncated ? undefined : data.tree.flatMap(({ path, type }) => (type === 'blob' ? [path] : []))
    },
    labels: async number =>
      (await octokit.rest.pulls.get({ owner, repo, pull_number: number })).data.labels.map(label => label.name),
  }
}

/** GitHub gives the content of files up to 1 MB in base64. */
function contentOf(data: unknown): Content {
  if (typeof data !== 'object' || data === null || !('type' in data) || data.type !== 'file')
    return { unreadable: 'it is no ordinary file' }
  if (!('content' in data) || typeof data.content !== 'string' || !('encoding' in data) || data.encoding !== 'base64')
    return { unreadable: 'GitHub hands out no files above 1 MB: check out the repository with fetch-depth: 0' }
  return decode(Buffer.from(data.content, 'base64'))
}

/** The HTTP status of a failed request; undefined for any other error. */
export function statusOf(error: unknown): number | undefined {
  return error instanceof Error && 'status' in error && typeof error.status === 'number' ? error.status : undefined
}
