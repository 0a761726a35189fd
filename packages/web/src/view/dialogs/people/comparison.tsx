import type { SafetyNumber } from '@fernspeak/conversation';
import { useSignal } from '@preact/signals';
import type { JSX } from 'preact';
import { QrCode } from '../../qr/qr-code.tsx';
import { Scanner } from '../../qr/scanner.tsx';

interface ComparisonProps {
  readonly number: SafetyNumber;
  readonly name: string;
  /** A safety number was scanned; whether it is this one. */
  readonly onScanned: (same: boolean) => void;
}

/** What stands before the digits of any safety number. */
const ANY_NUMBER = /^FERNSPEAK:SAFETY-NUMBER\//;

/** A safety number for eyes, ears and cameras. */
export function Comparison({ number, name, onScanned }: ComparisonProps): JSX.Element {
  const scanning = useSignal(false);
  const onCode = (text: string): boolean => {
    if (!ANY_NUMBER.test(text)) return false;
    scanning.value = false;
    onScanned(text === number.qr);
    return true;
  };
  return (
    <>
      <div class="beside">
        <QrCode text={number.qr} label={`The safety number of you and ${name}, as a QR code`} />
        <ol class="numbers" aria-label="Safety number">
          {number.groups.map((group, at) => (
            <li key={at}>{group}</li>
          ))}
        </ol>
      </div>
      <button type="button" aria-expanded={scanning.value} onClick={() => (scanning.value = !scanning.value)}>
        {scanning.value ? 'Stop scanning' : 'Scan theirs'}
      </button>
      {scanning.value && <Scanner onCode={onCode} />}
    </>
  );
}
