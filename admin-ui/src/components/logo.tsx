/** The mark of public/favicon.svg, drawn inline so that it needs no request. */
export function Logo() {
  return (
    <svg className="logo" viewBox="0 0 24 24" width="24" height="24" aria-hidden="true">
      <rect width="24" height="24" rx="6" fill="#4b5bf2" />
      <path
        d="M4 12h4l2.5-6 3.5 12 2.5-6H20"
        fill="none"
        stroke="#fff"
        strokeWidth="2"
        strokeLinecap="round"
        strokeLinejoin="round"
      />
    </svg>
  );
}
