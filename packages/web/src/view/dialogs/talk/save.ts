/** Time for the browser to begin a download before its bytes are let go, in milliseconds. */
const KEPT_MS = 60_000;

/** Hands a file to the person, as a download. Nothing goes over the network. */
export function save(name: string, file: Blob): void {
  const url = URL.createObjectURL(file);
  const link = document.createElement('a');
  link.href = url;
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(url), KEPT_MS);
}
