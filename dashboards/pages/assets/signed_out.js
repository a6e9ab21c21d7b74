// When the session has ended, Dash's own requests get 401: go to the sign-in page instead of waiting for ever.

(() => {
  const ask = window.fetch;
  window.fetch = async (...args) => {
    const answer = await ask(...args);
    if (answer.status === 401) location.assign(`/sign-in?next=${encodeURIComponent(location.pathname + location.search)}`);
    return answer;
  };
})();
