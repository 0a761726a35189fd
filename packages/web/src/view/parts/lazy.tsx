import { useSignal } from '@preact/signals';
import type { ComponentChildren, JSX } from 'preact';
import { useEffect } from 'preact/hooks';

interface LazyProps<Module> {
  /** A dynamic import: a part of the app that is loaded when it is needed first. */
  readonly load: () => Promise<Module>;
  readonly children: (module: Module) => ComponentChildren;
}

export function Lazy<Module>({ load, children }: LazyProps<Module>): JSX.Element {
  const loaded = useSignal<Module | 'failed' | null>(null);
  useEffect(() => {
    load().then(
      (module) => (loaded.value = module),
      () => (loaded.value = 'failed'),
    );
  }, []);
  if (loaded.value === null) return <></>;
  if (loaded.value === 'failed') return <p role="alert">This part of the app could not be loaded. Are you offline?</p>;
  return <>{children(loaded.value)}</>;
}
