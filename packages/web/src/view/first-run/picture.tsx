import type { JSX } from 'preact';

/** Two people, and the one in the middle who sees noise. */
export function Picture(): JSX.Element {
  return (
    <svg
      class="picture"
      viewBox="0 0 360 120"
      role="img"
      aria-label="A message is sealed on your side, is noise at the relay, and opens on the other side."
    >
      <rect x="4" y="34" width="96" height="44" rx="12" class="mine" />
      <text x="52" y="61" class="on-mine">
        Home at six?
      </text>
      <path d="M104 56h34m84 0h34" class="way" />
      <rect x="142" y="26" width="76" height="60" rx="6" class="relay" />
      <text x="180" y="50" class="noise">
        gAAAAAB
      </text>
      <text x="180" y="64" class="noise">
        x9Qz…fR4
      </text>
      <text x="180" y="78" class="noise">
        kJ0_w2==
      </text>
      <rect x="260" y="34" width="96" height="44" rx="12" class="theirs" />
      <text x="308" y="61" class="on-theirs">
        Home at six?
      </text>
      <text x="52" y="100" class="who">
        you
      </text>
      <text x="180" y="106" class="who">
        relay
      </text>
      <text x="308" y="100" class="who">
        Ada
      </text>
    </svg>
  );
}
