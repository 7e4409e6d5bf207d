export default function ({ data }) {
  const secure = location.protocol === "https:" ? "; Secure" : "";
  document.cookie =
    `${encodeURIComponent(data.name)}=${encodeURIComponent(data.value)}` +
    `; Max-Age=${Number(data.seconds)}; Path=/; SameSite=Strict${secure}`;
}
