<?php
// What the application is told, but for what must differ: ports, versions, identities.
header('Content-Type: text/plain');
header('X-App: php');
$differ = ['FCGI_ROLE', 'HOME', 'PHP_SELF', 'REMOTE_PORT', 'REQUEST_TIME', 'REQUEST_TIME_FLOAT',
    'SERVER_PORT', 'SERVER_SOFTWARE', 'USER', 'HTTP_CONNECTION', 'HTTP_X_REQUEST_ID',
    'HTTP_X_FORWARDED_FOR', 'HTTP_X_FORWARDED_HOST', 'HTTP_X_FORWARDED_PORT',
    'HTTP_X_FORWARDED_PROTO'];
if (isset($_GET['forwarded'])) {
    echo 'forwarded for ', $_SERVER['HTTP_X_FORWARDED_FOR'] ?? 'nobody', "\n";
}
ksort($_SERVER);
foreach ($_SERVER as $name => $value) {
    if (!in_array($name, $differ)) {
        echo $name, '=', is_array($value) ? implode(' ', $value) : $value, "\n";
    }
}
