import { useSignal } from '@preact/signals';
import type { JSX } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import { readFrame, readImage } from './read-image.ts';

interface ScannerProps {
  /** Called with what a code says; true: it is what was looked for, and looking ends. */
  readonly onCode: (text: string) => boolean;
}

/** Looks for a QR code through the camera, or in a picture. What the camera sees stays in this page. */
export function Scanner({ onCode }: ScannerProps): JSX.Element {
  const video = useRef<HTMLVideoElement>(null);
  const said = useSignal('Asking for the camera …');
  const seeing = useSignal(false);
  useEffect(() => {
    const ended = new AbortController();
    const started = (): void => {
      seeing.value = true;
      said.value = 'Hold the code in front of the camera.';
    };
    if (video.current) {
      watch(video.current, { onCode, started, signal: ended.signal }).catch((error: unknown) => {
        seeing.value = false;
        said.value = whyNot(error);
      });
    }
    return () => ended.abort();
  }, []);
  const pick = async (file: File | undefined): Promise<void> => {
    if (!file) return;
    const text = await readImage(file);
    if (text === null) said.value = 'No code was found in this picture.';
    else if (!onCode(text)) said.value = 'There is a code in this picture, but another one.';
  };
  return (
    <div class="scanner">
      <video ref={video} hidden={!seeing.value} muted playsInline aria-label="What the camera sees" />
      <p class="note" role="status">
        {said.value}
      </p>
      <label class="pick">
        <span>From a picture or screenshot</span>
        <input type="file" accept="image/*" onChange={(event) => void pick(event.currentTarget.files?.[0])} />
      </label>
    </div>
  );
}

interface Watching extends ScannerProps {
  readonly started: () => void;
  readonly signal: AbortSignal;
}

/** Gives every code that the camera sees, until one is taken or the signal comes; then the camera is off. */
async function watch(video: HTMLVideoElement, { onCode, started, signal }: Watching): Promise<void> {
  const stream = await cameraOf(navigator);
  const off = (): void => stream.getTracks().forEach((track) => track.stop());
  if (signal.aborted) return off();
  signal.addEventListener('abort', off);
  video.srcObject = stream;
  await video.play();
  started();
  const look = (): void => {
    if (signal.aborted) return;
    const { videoWidth: width, videoHeight: height } = video;
    const text = readFrame(video, { width, height });
    if (text !== null && onCode(text)) return off();
    video.requestVideoFrameCallback(look);
  };
  video.requestVideoFrameCallback(look);
}

/** Absent where the page is not safe. */
function cameraOf({ mediaDevices }: { readonly mediaDevices?: MediaDevices }): Promise<MediaStream> {
  if (!mediaDevices) return Promise.reject(new DOMException('', 'NotFoundError'));
  return mediaDevices.getUserMedia({ video: { facingMode: 'environment' }, audio: false });
}

function whyNot(error: unknown): string {
  const name = error instanceof DOMException ? error.name : '';
  if (name === 'NotAllowedError') return 'The camera is not allowed here. Allow it in the browser, or take a picture.';
  if (name === 'NotFoundError') return 'There is no camera here. Use a picture of the code instead.';
  return 'The camera cannot be used now. Use a picture of the code instead.';
}
