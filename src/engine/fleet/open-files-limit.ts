/**
 * How many files and sockets this process may have open at a time; null where the system names no limit (Windows, or
 * "unlimited"). Node raises the soft limit to the hard one when it starts, so the hard one is what counts.
 */
export function readOpenFilesMax(): number | null {
  // The types of Node lack this option; without it the report looks up the names of all connected peers.
  const report = process.report as typeof process.report & { excludeNetwork: boolean }
  report.excludeNetwork = true
  const { userLimits } = report.getReport() as { userLimits?: { open_files?: { soft: number | string } } }
  const soft = userLimits?.open_files?.soft
  return typeof soft === 'number' ? soft : null
}
