import { agreementKind } from './agreement/index.ts'
import { alertKind } from './alert/index.ts'
import { callKind } from './call/index.ts'
import { certificateKind } from './certificate/index.ts'
import { contentFieldKind } from './content-field/index.ts'
import { contractKind } from './contract/index.ts'
import { dateKind } from './date/index.ts'
import { environmentKind } from './environment/index.ts'
import { firewallKind } from './firewall/index.ts'
import { historyKind } from './history/index.ts'
import { logfileKind } from './logfile/index.ts'
import { loopKind } from './loop/index.ts'
import { matchKind } from './match/index.ts'
import { mergeKind } from './merge/index.ts'
import { migrationKind } from './migration/index.ts'
import { migrationFileKind } from './migration-file/index.ts'
import { nameKind } from './name/index.ts'
import { networkKind } from './network/index.ts'
import { overrideKind } from './override/index.ts'
import { patternKind } from './pattern/index.ts'
import { pinKind } from './pin/index.ts'
import { referenceKind } from './reference/index.ts'
import { retryKind } from './retry/index.ts'
import { rotationKind } from './rotation/index.ts'
import { safeguardKind } from './safeguard/index.ts'
import { scheduleKind } from './schedule/index.ts'
import { schemaKind } from './schema/index.ts'
import { secretFileKind } from './secret-file/index.ts'
import { settingKind } from './setting/index.ts'
import { slipKind } from './slip/index.ts'
import { storedNameKind } from './stored-name/index.ts'
import { syntaxKind } from './syntax/index.ts'
import { templateKind } from './template/index.ts'
import { templateBlockKind } from './template-block/index.ts'
import { terraformKind } from './terraform/index.ts'
import { translationKind } from './translation/index.ts'
import type { FactKind } from './types.ts'
import { valueKind } from './value/index.ts'
import { versionKind } from './version/index.ts'
import { wiringKind } from './wiring/index.ts'
import { workflowKind } from './workflow/index.ts'
import { workflowReferenceKind } from './workflow-reference/index.ts'
import { workflowSyntaxKind } from './workflow-syntax/index.ts'
import { zoneKind } from './zone/index.ts'

/** Every kind of fact. Listing one here is all it takes to have it extracted and judged. */
export const factKinds: readonly FactKind[] = [
  migrationKind,
  syntaxKind,
  schemaKind,
  scheduleKind,
  valueKind,
  overrideKind,
  callKind,
  retryKind,
  templateKind,
  templateBlockKind,
  translationKind,
  patternKind,
  dateKind,
  loopKind,
  rotationKind,
  logfileKind,
  nameKind,
  alertKind,
  workflowKind,
  environmentKind,
  agreementKind,
  pinKind,
  workflowReferenceKind,
  workflowSyntaxKind,
  settingKind,
  firewallKind,
  matchKind,
  networkKind,
  zoneKind,
  historyKind,
  migrationFileKind,
  storedNameKind,
  contentFieldKind,
  terraformKind,
  certificateKind,
  secretFileKind,
  contractKind,
  referenceKind,
  slipKind,
  safeguardKind,
  wiringKind,
  versionKind,
  mergeKind,
]
