import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import * as core from '@actions/core'
import { github } from '../report/github.ts'
import { json } from '../report/json.ts'
import { markdown } from '../report/markdown.ts'
import type { Report, ReportOptions } from '../report/model.ts'
import { countOf, summaryLine } from '../report/summary.ts'

/** Draws the annotations, writes the job summary and sets the outputs. `folder` takes the JSON report. */
export async function publish(report: Report, options: ReportOptions, folder: string): Promise<void> {
  const annotations = github(report, options).trimEnd()
  if (annotations !== '') core.info(annotations)
  core.info(summaryLine(report))
  if (process.env.GITHUB_STEP_SUMMARY) await core.summary.addRaw(markdown(report, options)).write()
  const file = join(folder, 'premortem-report.json')
  writeFileSync(file, json(report, options))
  setOutputs(report, file)
}

function setOutputs(report: Report, file: string): void {
  core.setOutput('level', report.level)
  core.setOutput('findings', report.findings.length)
  core.setOutput('errors', countOf(report, 'error'))
  core.setOutput('warnings', countOf(report, 'warning'))
  core.setOutput('incomplete', report.notAnalysed.length > 0)
  core.setOutput('report', file)
}
