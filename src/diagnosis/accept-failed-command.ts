/** Returns the shell command that puts what a failed test has recorded in place of its tape. */
export function acceptFailedCommand(failedFile: string, file: string): string {
  return `mv ${quote(failedFile)} ${quote(file)}`;
}

function quote(path: string): string {
  return /^[\w./-]+$/.test(path) ? path : `'${path.replaceAll("'", "'\\''")}'`;
}
