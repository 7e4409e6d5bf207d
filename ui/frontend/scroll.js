export default function ({ data, parentElement }) {
  const root = ownRoot(parentElement, "scroll");
  if (root.turn === data.turn) return;
  root.turn = data.turn;
  scrollToTurn(data.turn);
}
