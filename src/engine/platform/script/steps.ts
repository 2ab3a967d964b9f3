import type { ScriptProblem } from '../../../shared/contract/script.ts'
import type { TraceStep } from '../../../shared/contract/trace.ts'

/** The step of a message through `rawDataToProtocol`, in the words of the platform's log (LOG-11). */
export function parseStep(problem: ScriptProblem | null): TraceStep {
  return stepOf('RawDataToProtocol', problem)
}

/** The same for `protocolToRawData`. */
export function writeStep(problem: ScriptProblem | null): TraceStep {
  return stepOf('ProtocolToRawData', problem)
}

function stepOf(operation: string, problem: ScriptProblem | null): TraceStep {
  return problem === null
    ? { bizCode: 'ScriptParsing', operation, code: 200 }
    : { bizCode: 'ScriptParsing', operation, code: problem.code, message: problem.message }
}
